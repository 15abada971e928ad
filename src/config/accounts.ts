import { resolve } from 'node:path';
import { z } from 'zod';
import type { Provider } from '../providers/provider.ts';
import { urlFault } from './base-url.ts';
import { conceal } from './conceal.ts';
import type { AccountConfig } from './config.ts';
import { suggest } from './fault.ts';
import type { Inspector } from './inspector.ts';
import { limitFaults, limitsSchema, mergeLimits } from './limits.ts';

export type ProviderSchemas = Pick<Provider, 'name' | 'credentials' | 'options' | 'needsCurrency' | 'feeds'>;

const idRule = 'expected 1 to 64 of A-Z a-z 0-9 . _ -';
const currencyRule = 'expected a currency code such as THB';
const id = z.string(idRule).regex(/^[A-Za-z0-9_.-]{1,64}$/, idRule);
const currency = z.string(currencyRule).regex(/^[A-Za-z0-9]{2,12}$/, currencyRule);

/** An entry of `accounts` for one provider. */
export function accountSchema(provider: ProviderSchemas) {
  return z.strictObject({
    id,
    provider: z.literal(provider.name),
    /** The operation's path is appended. */
    baseUrl: z.string(),
    /** Whether plain http may leave this machine. */
    allowHttp: z.boolean().default(false),
    currency: provider.needsCurrency ? currency : currency.optional(),
    credentials: provider.credentials,
    options: provider.options.prefault({}),
    limits: limitsOf([provider]),
  });
}

function limitsOf(providers: readonly ProviderSchemas[]) {
  const feeds = providers.flatMap((provider) => provider.feeds);
  return z
    .strictObject(Object.fromEntries(feeds.map(({ kind }) => [kind, limitsSchema.optional()])))
    .prefault({});
}

/** What can be said about an entry whose provider is not known; its limits are read apart. */
const head = z.strictObject({
  id,
  provider: z.string(),
  baseUrl: z.string(),
  allowHttp: z.boolean().optional(),
  currency: currency.optional(),
  credentials: z.looseObject({}),
  options: z.looseObject({}).optional(),
  limits: z.unknown().optional(),
});

/** Every account that has no fault; `folder` is where relative paths start. */
export function readAccounts(
  entries: readonly unknown[],
  providers: readonly ProviderSchemas[],
  folder: string,
  inspector: Inspector,
): AccountConfig[] {
  const seen = new Map<string, number>();
  return entries.flatMap((entry, index) => {
    const at = ['accounts', index];
    if (!isMapping(entry)) {
      inspector.expected(at, 'a mapping', entry);
      return [];
    }
    if (typeof entry['id'] === 'string') {
      const first = seen.get(entry['id']);
      if (first !== undefined) {
        inspector.expected([...at, 'id'], `a name that accounts[${first}] does not have`, entry['id']);
      }
      seen.set(entry['id'], first ?? index);
    }
    checkUrl(entry, at, inspector);
    const account = readAccount(entry, at, providers, folder, inspector);
    return account === null ? [] : [account];
  });
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkUrl(entry: Mapping, at: readonly PropertyKey[], inspector: Inspector): void {
  const { baseUrl, allowHttp } = entry;
  if (typeof baseUrl !== 'string') return;
  const fault = urlFault(baseUrl, { allowHttp: allowHttp === true || allowHttp === 'true' });
  if (fault !== null) inspector.expected([...at, 'baseUrl'], fault, baseUrl);
}

function readAccount(
  entry: Mapping,
  at: readonly PropertyKey[],
  providers: readonly ProviderSchemas[],
  folder: string,
  inspector: Inspector,
): AccountConfig | null {
  const provider = providers.find(({ name }) => name === entry['provider']);
  if (provider === undefined) {
    const names = providers.map(({ name }) => name);
    inspector.parse(head, entry, at);
    inspector.parse(limitsOf(providers), entry['limits'], [...at, 'limits']);
    if (typeof entry['provider'] === 'string') {
      const meant = suggest(entry['provider'], names);
      inspector.fault([...at, 'provider'], `unknown provider ${JSON.stringify(entry['provider'])}${meant}`);
    }
    return null;
  }
  const given = { ...entry, credentials: withAbsolutePaths(entry['credentials'], folder) };
  // Limits are read apart: what contradicts in them is told whatever is wrong beside them.
  const apart = accountSchema(provider).extend({ limits: z.unknown().optional() });
  const read = inspector.parse(apart, given, at);
  const overrides = inspector.parse(limitsOf([provider]), entry['limits'], [...at, 'limits']);
  if (overrides === null) return null;
  const limits: AccountConfig['limits'] = Object.fromEntries(
    provider.feeds.map(({ kind, limits: defaults }) => [kind, mergeLimits(defaults, overrides[kind] ?? {})]),
  );
  for (const [kind, merged] of Object.entries(limits)) {
    for (const fault of limitFaults(merged, [...at, 'limits', kind])) inspector.fault(fault.path, fault.text);
  }
  if (read === null) return null;
  return {
    id: read.id,
    provider: provider.name,
    baseUrl: read.baseUrl.replace(/\/+$/, ''),
    currency: read.currency ?? null,
    credentials: concealed(read.credentials),
    options: read.options,
    limits,
  };
}

/** Credentials that name a file (`privateKeyFile`) mean one beside the configuration, not in the working folder. */
function withAbsolutePaths(credentials: unknown, folder: string): unknown {
  if (!isMapping(credentials)) return credentials;
  return Object.fromEntries(
    Object.entries(credentials).map(([key, value]) => [
      key,
      key.endsWith('File') && typeof value === 'string' && value !== '' ? resolve(folder, value) : value,
    ]),
  );
}

function concealed(credentials: unknown): unknown {
  return typeof credentials === 'object' && credentials !== null ? conceal(credentials) : credentials;
}
