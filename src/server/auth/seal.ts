import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';

const ivBytes = 16;

/** Seals texts into opaque tokens, the same text into the same token, and opens its own tokens alone. */
export interface Seal {
  seal(text: string): string;
  /** Null for whatever was not sealed by this key. */
  open(token: string): string | null;
}

/** AES-256-CTR under an IV made of the text itself (the construction of SIV), which also proves it. */
export function createSeal(cipherKey: Buffer, ivKey: Buffer): Seal {
  const ivOf = (text: Buffer) => createHmac('sha256', ivKey).update(text).digest().subarray(0, ivBytes);
  return {
    seal(text) {
      const plain = Buffer.from(text, 'utf8');
      const iv = ivOf(plain);
      const cipher = createCipheriv('aes-256-ctr', cipherKey, iv);
      return Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64url');
    },
    open(token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length < ivBytes || bytes.toString('base64url') !== token) return null;
      const iv = bytes.subarray(0, ivBytes);
      const decipher = createDecipheriv('aes-256-ctr', cipherKey, iv);
      const plain = Buffer.concat([decipher.update(bytes.subarray(ivBytes)), decipher.final()]);
      return timingSafeEqual(iv, ivOf(plain)) ? plain.toString('utf8') : null;
    },
  };
}
