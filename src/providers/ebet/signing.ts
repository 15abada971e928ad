import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import type { Credentials, Options } from './options.ts';

export interface Signed {
  /** Left out of the text where it is not sent; eBET folds usernames to lower case, so that is what is signed. */
  readonly username?: string;
  readonly channelId: number;
  readonly timestamp: number;
}

/** The text under a signature of getseqnorecord: `username + channelId + timestamp`, nothing between. */
export function signedText({ username = '', channelId, timestamp }: Signed): string {
  return `${username.toLowerCase()}${channelId}${timestamp}`;
}

/** RSA PKCS#1 v1.5 over the text's UTF-8 bytes, as standard base64 (document "signature test"). */
export function signText(text: string, key: KeyObject, hash: Options['hash']): string {
  return sign(hash, Buffer.from(text), key).toString('base64');
}

/** The account's RSA key. Throws a UsageError that names the field, or the file and why it cannot be read. */
export function readPrivateKey(account: string, credentials: Credentials): KeyObject {
  const { privateKey, privateKeyFile } = credentials;
  if (privateKeyFile === undefined) return toKey(`${account}: credentials.privateKey`, privateKey ?? '');
  const named = `${account}: credentials.privateKeyFile ${privateKeyFile}`;
  return toKey(named, readKeyFile(named, privateKeyFile));
}

function readKeyFile(named: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(
      `${named} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

const PEM = /^-----BEGIN ([A-Z ]+)-----([\s\S]+)-----END \1-----$/;
const PEM_TYPES: Readonly<Record<string, 'pkcs8' | 'pkcs1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
};

function toKey(named: string, material: string): KeyObject {
  // An environment variable often carries a PEM's line ends as the two characters \n.
  const text = material.replaceAll('\\n', '\n').trim();
  const pem = PEM.exec(text);
  const type = pem === null ? undefined : PEM_TYPES[pem[1] ?? ''];
  if (pem !== null && type === undefined) throw wrongKey(named, `a PEM of a ${pem[1]}`);
  const base64 = (pem?.[2] ?? text).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw wrongKey(named, 'text that is neither PEM nor base64');
  const der = Buffer.from(base64, 'base64');
  const key = type === undefined ? (tryKey(der, 'pkcs8') ?? tryKey(der, 'pkcs1')) : tryKey(der, type);
  if (key === null) throw wrongKey(named, `${der.length} bytes that cannot be read as one`);
  if (key.asymmetricKeyType !== 'rsa') throw wrongKey(named, `one of type ${key.asymmetricKeyType}`);
  return key;
}

/** Null where the bytes are not a key of this form: the caller tries the other form, then reports the failure. */
function tryKey(der: Buffer, type: 'pkcs8' | 'pkcs1'): KeyObject | null {
  try {
    return createPrivateKey({ key: der, format: 'der', type });
  } catch {
    return null;
  }
}

function wrongKey(named: string, got: string): UsageError {
  return new UsageError(
    `${named} expected an RSA private key (PEM as PKCS#8 or PKCS#1, or its base64), got ${got}`,
  );
}
