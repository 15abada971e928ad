import { createHash, createHmac } from 'node:crypto';
import { UsageError } from '../../errors.ts';
import type { Credentials, Options } from './options.ts';

export type Parameters = Readonly<Record<string, string | number | null | undefined>>;

export interface Signed {
  readonly path: string;
  readonly parameters: Parameters;
  /** The body's exact text. */
  readonly body: string;
  /** As sent in `X-Timestamp`. */
  readonly timestamp: string;
}

/**
 * The text under `X-Signature` (document "signature"): `path/` and the parameters sorted by name, `k=v` joined with `&`,
 * absent ones left out and nothing encoded; or the body as it is sent.
 */
export function signedText(signed: Signed, apiKey: string, options: Options): string {
  if (options.signatureSource === 'rawBody') return signed.body;
  const path = options.signedPath === 'full' ? signed.path : signed.path.replace(/^\/api(?=\/)/, '');
  const all: Parameters = {
    ...signed.parameters,
    [options.appIdParam]: apiKey,
    ...(options.signTimestamp ? { timestamp: signed.timestamp } : {}),
  };
  const pairs = Object.keys(all)
    .sort()
    .filter((name) => all[name] !== undefined && all[name] !== null)
    .map((name) => `${name}=${all[name]}`);
  return `${path}/${pairs.join('&')}`;
}

/** HMAC-SHA256 of the text, then MD5 of that: 32 lower-case hex digits. */
export function signText(text: string, key: Buffer, md5Input: Options['md5Input']): string {
  const hmac = createHmac('sha256', key).update(text).digest();
  return createHash('md5')
    .update(md5Input === 'hex' ? hmac.toString('hex') : hmac)
    .digest('hex');
}

/** The HMAC's key. Throws a UsageError where a secret that should be hex is not. */
export function secretKey(account: string, { apiSecret }: Credentials, options: Options): Buffer {
  if (options.secretEncoding === 'utf8') return Buffer.from(apiSecret);
  if (!/^(?:[0-9a-f]{2})+$/i.test(apiSecret)) {
    throw new UsageError(
      `${account}: credentials.apiSecret expected pairs of hex digits as options.secretEncoding is hex, got other text`,
    );
  }
  return Buffer.from(apiSecret, 'hex');
}
