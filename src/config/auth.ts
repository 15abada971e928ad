import { createHash } from 'node:crypto';
import { checkAccounts } from './account-ids.ts';
import { urlFault } from './base-url.ts';
import type { ApiKeyConfig, Config } from './config.ts';
import type { Inspector } from './inspector.ts';
import type { AuthSection } from './schema.ts';

/** Who may come in. Of a key only its digest is kept; `accounts` are the ids there are. */
export function readAuth(
  auth: AuthSection,
  accounts: readonly string[],
  inspector: Inspector,
): Config['auth'] {
  if (auth.apiKeys.length === 0 && auth.jwt === undefined) {
    inspector.expected(['auth'], 'apiKeys, jwt or both: nobody could come in', auth);
  }
  const names = new Set<string>();
  const apiKeys = auth.apiKeys.map((entry, index): ApiKeyConfig => {
    const at = ['auth', 'apiKeys', index];
    if (names.has(entry.name)) inspector.expected([...at, 'name'], 'a name no other key has', entry.name);
    names.add(entry.name);
    if ((entry.key === undefined) === (entry.sha256 === undefined)) {
      inspector.fault(at, 'expected either key or sha256');
    }
    checkAccounts(entry.accounts ?? [], accounts, (place) => [...at, 'accounts', place], inspector);
    return {
      name: entry.name,
      sha256:
        entry.sha256?.toLowerCase() ??
        createHash('sha256')
          .update(entry.key ?? '')
          .digest('hex'),
      role: entry.role,
      accounts: entry.accounts ?? null,
      expires: entry.expires ?? null,
    };
  });
  if (auth.jwt === undefined) return { apiKeys, jwt: null };
  const fault = urlFault(auth.jwt.jwksUri, { allowHttp: false });
  if (fault !== null) inspector.expected(['auth', 'jwt', 'jwksUri'], fault, auth.jwt.jwksUri);
  const { playerClaim = null, accountsClaim = null, ...jwt } = auth.jwt;
  return { apiKeys, jwt: { ...jwt, playerClaim, accountsClaim } };
}
