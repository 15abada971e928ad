import type { FeedLimits } from '../providers/provider.ts';
import { formatDuration } from '../records/duration.ts';
import { usualCalls } from '../records/usual-calls.ts';
import type { AccountConfig, Config } from './config.ts';
import type { ApiKeySettings, AuthSettings } from './server-settings.ts';

const SECRET = '[secret]';

/** Every key whose value is a length of time, wherever it stands. */
const durations = new Set([
  ...['maxRange', 'requestTimeout', 'queryTimeout', 'stallTimeout', 'drainDelay', 'drainTimeout', 'keep'],
  ...['revisits', 'clockTolerance'],
  ...['maxWindow', 'grid', 'minInterval', 'per', 'retention', 'settlementLag', 'openMaxAge', 'confirmAfter'],
  ...['settlesWithin', 'timeout'],
]);

/** Every key whose value is a time. */
const instants = new Set(['since', 'expires']);

/**
 * The configuration in force in the words of its file, defaults and all: read again, with the secrets in place of
 * `[secret]`, it is the same configuration.
 */
export function spellConfig(config: Config): Readonly<Record<string, unknown>> {
  const { server, log, archive, sync, accounts, players, auth, federation } = config;
  const { file, rows: _rows, ...named } = players;
  return {
    server: spelt(server),
    log,
    archive: { ...spelt(archive), ...shown(archive), keepVersions: spellKept(archive.keepVersions) },
    sync: {
      ...spelt({ ...sync, since: sync.since ?? undefined }),
      audit: `${Number((sync.audit * 100).toFixed(6))}%`,
    },
    accounts: accounts.map(spellAccount),
    players: {
      ...named,
      rules: players.rules.map(({ account, match, player }) => ({
        ...(account !== null && { account }),
        match: match.source,
        player,
      })),
      ...(file !== undefined && { file }),
    },
    ...(auth !== null && { auth: spellAuth(auth) }),
    federation,
  };
}

function spellKept(keepVersions: number | null): string {
  return keepVersions === null ? 'forever' : formatDuration(keepVersions);
}

/** What a concealed object shows instead of itself. */
function shown(concealed: unknown): object {
  return JSON.parse(JSON.stringify(concealed)) as object;
}

function spellAccount({ credentials, limits, currency, options, ...account }: AccountConfig): unknown {
  return {
    ...account,
    ...(currency !== null && { currency }),
    credentials: Object.fromEntries(Object.keys(credentials as object).map((name) => [name, SECRET])),
    options,
    limits: Object.fromEntries(Object.entries(limits).map(([kind, limit]) => [kind, spellLimits(limit)])),
  };
}

function spellLimits({ suspectsRound, rowCap, ...limit }: FeedLimits): object {
  // Said aloud, that there is no cap would end the suspicion of round numbers.
  const isUnsaid = rowCap === null && suspectsRound !== false;
  return spelt({ ...limit, rowCap: isUnsaid ? undefined : rowCap });
}

function spellAuth({ apiKeys, jwt, pseudonymKey }: AuthSettings): unknown {
  return {
    apiKeys: apiKeys.map(spellKey),
    ...(jwt !== undefined && { jwt: spelt(jwt) }),
    ...(pseudonymKey !== undefined && { pseudonymKey: SECRET }),
  };
}

function spellKey({ sha256: _, calls, ...key }: ApiKeySettings): unknown {
  const bound = calls === undefined ? usualCalls[key.role] : calls;
  return { ...(spelt(key) as object), sha256: SECRET, calls: bound === null ? 'none' : `${bound}/m` };
}

/** Values as the file spells them, however deep they stand; what is undefined is left out. */
function spelt<T extends object>(settings: T): object {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, spell(name, value)]],
    ),
  );
}

function spell(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => spell(name, each));
  if (typeof value === 'object' && value !== null) return spelt(value);
  if (typeof value !== 'number') return value;
  if (durations.has(name)) return formatDuration(value);
  return instants.has(name) ? new Date(value).toISOString() : value;
}
