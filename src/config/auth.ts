import { createHash } from 'node:crypto';
import { checkAccounts } from './account-ids.ts';
import { conceal } from './conceal.ts';
import type { Config } from './config.ts';
import type { Inspector } from './inspector.ts';
import type { AuthSection } from './schema.ts';
import type { ApiKeySettings } from './server-settings.ts';

/** Who may use the gateway. Of a key only its digest is kept; `accounts` are the ids there are. */
export function readAuth(
  auth: AuthSection,
  accounts: readonly string[],
  inspector: Inspector,
): Config['auth'] {
  if (auth.apiKeys.length === 0 && auth.jwt === undefined) {
    inspector.expected(['auth'], 'apiKeys, jwt or both: nobody could come in', auth);
  }
  const seen = new Map<string, number>();
  const apiKeys = auth.apiKeys.map(({ key, sha256, ...entry }, index): ApiKeySettings => {
    const at = ['auth', 'apiKeys', index, 'accounts'];
    checkAccounts(entry.accounts ?? [], accounts, (place) => [...at, place], inspector);
    const hash = sha256?.toLowerCase() ?? digest(key ?? '');
    const first = seen.get(hash);
    seen.set(hash, first ?? index);
    if (first !== undefined) {
      const place = ['auth', 'apiKeys', index, key === undefined ? 'sha256' : 'key'];
      inspector.fault(place, `expected each key once, got the one of auth.apiKeys[${first}] again`);
    }
    return { ...entry, sha256: hash };
  });
  const read = { ...auth, apiKeys };
  return auth.pseudonymKey === undefined ? read : conceal(read, { ...read, pseudonymKey: '[secret]' });
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
