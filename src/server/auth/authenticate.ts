import type { AuthSettings } from '../../config/server-settings.ts';
import { localViewer } from '../../graph/viewer.ts';
import { UnauthenticatedError } from '../http/refusal.ts';
import { createKeyring } from './api-keys.ts';
import type { Caller } from './caller.ts';
import { readCredentials } from './credentials.ts';
import { createJwtVerifier } from './jwt.ts';

/** Who sent this `Authorization` header; rejects with a RefusalError for everybody else. */
export type Authenticate = (header: string | undefined) => Promise<Caller>;

const local: Caller = { viewer: localViewer, safelistOnly: false };

/** Tries keys first, since a hash is enough to recognise them, then tokens. Without settings every caller is the operator. */
export function createAuthenticate(settings: AuthSettings | null, clock: () => number): Authenticate {
  if (settings === null) return async () => local;
  const checkKey = createKeyring(settings.apiKeys, clock);
  const verifyJwt = settings.jwt === undefined ? null : createJwtVerifier(settings.jwt, clock);
  return async (header) => {
    const credentials = readCredentials(header);
    if (credentials === null) {
      throw new UnauthenticatedError(
        'a key is needed: Authorization: Bearer <key>, or Basic with it as password',
      );
    }
    const check = checkKey(credentials.token);
    if (check.state === 'known') return check.caller;
    if (check.state === 'expired') {
      throw new UnauthenticatedError(`the key ${check.name} expired at ${new Date(check.at).toISOString()}`);
    }
    if (verifyJwt !== null && credentials.mayBeJwt) return verifyJwt(credentials.token);
    throw new UnauthenticatedError('the key is not known');
  };
}
