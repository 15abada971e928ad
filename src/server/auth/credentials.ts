/** What a caller presents: a key, or a token that looks like a JWT. */
export interface Credentials {
  readonly token: string;
  readonly mayBeJwt: boolean;
}

/**
 * Reads `Authorization`: `Bearer <key or JWT>`, or Basic with the key as password and any user name. Null for an
 * absent or malformed header and for every other scheme.
 */
export function readCredentials(header: string | undefined): Credentials | null {
  const [, scheme, value] = /^(\S+) +(\S+) *$/.exec(header ?? '') ?? [];
  if (scheme === undefined || value === undefined) return null;
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { token: value, mayBeJwt: /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value) };
    case 'basic': {
      const pair = Buffer.from(value, 'base64').toString('utf8');
      const colon = pair.indexOf(':');
      return colon === -1 || colon === pair.length - 1
        ? null
        : { token: pair.slice(colon + 1), mayBeJwt: false };
    }
    default:
      return null;
  }
}
