import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkAccounts } from './account-ids.ts';
import { conceal } from './conceal.ts';
import type { Config } from './config.ts';
import type { Inspector } from './inspector.ts';
import type { AuthSection } from './schema.ts';
import type { ApiKeySettings } from './server-settings.ts';

/** Who may use the gateway. Of a key only its digest is kept. */
export function readAuth(auth: AuthSection, inspector: Inspector): Config['auth'] {
  if (auth.apiKeys.length === 0 && auth.jwt === undefined) {
    inspector.expected(['auth'], 'apiKeys, jwt or both: nobody could come in', auth);
  }
  const apiKeys = auth.apiKeys.map(
    ({ key, sha256, ...entry }): ApiKeySettings => ({ ...entry, sha256: hashOf({ key, sha256 }) }),
  );
  const read = { ...auth, apiKeys };
  return auth.pseudonymKey === undefined ? read : conceal(read, { ...read, pseudonymKey: '[secret]' });
}

/** As much of `auth` as is compared among its keys, and with the accounts. */
const compared = z.looseObject({
  apiKeys: z.array(
    z
      .looseObject({
        key: z.string().optional().catch(undefined),
        sha256: z.string().optional().catch(undefined),
        accounts: z.array(z.string()).catch([]),
      })
      .catch({ accounts: [] }),
  ),
});

/** Faults of keys that came before and of accounts there are none of, whatever else is wrong with `auth`. */
export function checkKeys(auth: unknown, accounts: readonly string[], inspector: Inspector): void {
  const seen = new Map<string, number>();
  for (const [index, entry] of (compared.safeParse(auth).data?.apiKeys ?? []).entries()) {
    const at = ['auth', 'apiKeys', index];
    checkAccounts(entry.accounts, accounts, (place) => [...at, 'accounts', place], inspector);
    if (!entry.key && !entry.sha256) continue;
    const hash = hashOf(entry);
    const first = seen.get(hash);
    seen.set(hash, first ?? index);
    if (first === undefined) continue;
    const place = [...at, entry.key === undefined ? 'sha256' : 'key'];
    inspector.fault(place, `expected each key once, got the one of auth.apiKeys[${first}] again`);
  }
}

function hashOf({
  key,
  sha256,
}: {
  readonly key?: string | undefined;
  readonly sha256?: string | undefined;
}) {
  return sha256?.toLowerCase() ?? digest(key ?? '');
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
