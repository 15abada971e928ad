import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
// Base64 lengths of the two leading parts; each part is padded on its own.
const IV_CHARS = 16;
const TAG_CHARS = 24;

/** The AES key of an API key: 64 hex digits, decoded to 32 bytes (single-wallet overview). */
export function keyOf(apiKey: string): Buffer {
  return Buffer.from(apiKey, 'hex');
}

/** Encrypts to `base64(iv) + base64(tag) + base64(data)`, three strings in a row. @default iv fresh random bytes */
export function encrypt(plaintext: string, key: Buffer, iv: Buffer = randomBytes(IV_BYTES)): string {
  const cipher = createCipheriv(ALGORITHM, key, iv);
  const data = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return [iv, cipher.getAuthTag(), data].map((part) => part.toString('base64')).join('');
}

/** Decrypts what `encrypt` made; null where the text was made with another key, or changed. */
export function decrypt(cipherText: string, key: Buffer): string | null {
  const iv = Buffer.from(cipherText.slice(0, IV_CHARS), 'base64');
  const tag = Buffer.from(cipherText.slice(IV_CHARS, IV_CHARS + TAG_CHARS), 'base64');
  const data = Buffer.from(cipherText.slice(IV_CHARS + TAG_CHARS), 'base64');
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES) return null;
  const decipher = createDecipheriv(ALGORITHM, key, iv);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
  } catch {
    // node:crypto says so only by throwing: the tag does not fit key and text.
    return null;
  }
}
