import { resolve } from 'node:path';
import { z } from 'zod';
import { type ProviderSchemas, readAccounts } from './accounts.ts';
import { duckDbFileOf } from './archive-url.ts';
import { checkKeys, readAuth } from './auth.ts';
import { conceal, withoutPassword } from './conceal.ts';
import type { Config } from './config.ts';
import type { Inspector } from './inspector.ts';
import { isLoopback } from './loopback.ts';
import { readPlayers } from './players.ts';
import { logLevel, type SyncSection, sections } from './schema.ts';

export interface Surroundings {
  /** Where relative paths start. */
  readonly folder: string;
  /** `COUNTROOM_LOG_LEVEL`: it wins over the file. */
  readonly logLevel: string | undefined;
  readonly providers: readonly ProviderSchemas[];
}

const unread = Object.fromEntries(Object.keys(sections).map((name) => [name, z.unknown().optional()]));
const mapping = z.record(z.string(), z.unknown());

/** The whole configuration, or null where a section could not be read; each fault goes to the inspector. */
export function readSections(
  tree: unknown,
  { folder, logLevel: wanted, providers }: Surroundings,
  inspector: Inspector,
): Omit<Config, 'file' | 'secrets'> | null {
  const file = mapping.safeParse(tree ?? {});
  if (!file.success) {
    inspector.expected([], 'a mapping with the key accounts', tree);
    return null;
  }
  inspector.parse(z.strictObject(unread), file.data, []);
  const section = <T>(name: keyof typeof sections, schema: z.ZodType<T>) =>
    inspector.parse(schema, file.data[name], [name]);

  const server = section('server', sections.server);
  const log = section('log', sections.log);
  const level = wanted ? inspector.parse(logLevel, wanted, ['COUNTROOM_LOG_LEVEL']) : null;
  const archive = section('archive', sections.archive);
  const sync = section('sync', sections.sync);
  const federation = section('federation', sections.federation);
  const entries = section('accounts', sections.accounts) ?? [];
  const accounts = readAccounts(entries, providers, folder, inspector);
  const ids = entries
    .map((entry) => mapping.safeParse(entry).data?.['id'])
    .filter((id) => typeof id === 'string' || typeof id === 'number')
    .map(String);

  const named = section('players', sections.players);
  const players = named === null ? null : readPlayers(named, ids, folder, inspector);
  const auth = section('auth', sections.auth);
  const authSettings = auth === null || auth === undefined ? null : readAuth(auth, inspector);
  checkKeys(file.data['auth'], ids, inspector);
  if (file.data['auth'] === undefined) checkHost(file.data['server'], inspector);

  if (server === null || log === null || archive === null || sync === null) return null;
  if (federation === null || players === null) return null;
  return {
    server: readServer(server, folder),
    log: { level: level ?? log.level },
    archive: readArchive(archive, folder),
    sync: readSync(sync),
    accounts,
    players,
    auth: authSettings,
    federation,
  };
}

function readServer(server: Config['server'], folder: string): Config['server'] {
  const { safelist } = server;
  return safelist === undefined
    ? server
    : { ...server, safelist: { ...safelist, file: resolve(folder, safelist.file) } };
}

function readArchive({ url, ...rest }: Config['archive'], folder: string): Config['archive'] {
  const file = duckDbFileOf(url);
  const absolute = file === null ? url : `duckdb:${resolve(folder, file)}`;
  return conceal({ url: absolute, ...rest }, { url: withoutPassword(absolute) });
}

const usual = sections.sync.unwrap().parse({});

function readSync(sync: SyncSection | undefined): Config['sync'] {
  return {
    enabled: sync?.enabled ?? true,
    since: sync?.since ?? null,
    revisits: [...(sync?.revisits ?? usual.revisits)].sort((a, b) => a - b),
    audit: sync?.audit ?? usual.audit,
  };
}

function checkHost(server: unknown, inspector: Inspector): void {
  const host = mapping.safeParse(server).data?.['host'];
  if (typeof host !== 'string' || host === '' || isLoopback(host)) return;
  inspector.expected(
    ['server', 'host'],
    'a loopback host such as 127.0.0.1 where auth is not configured',
    host,
  );
}
