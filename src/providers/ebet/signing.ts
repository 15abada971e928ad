import { type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UsageError } from '../../errors.ts';
import type { Credentials, Options } from './options.ts';
import { parsePrivateKey } from './private-key.ts';

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

function toKey(named: string, material: string): KeyObject {
  const key = parsePrivateKey(material);
  if (typeof key === 'string') throw new UsageError(`${named} ${key}`);
  return key;
}
