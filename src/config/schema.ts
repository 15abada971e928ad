import { z } from 'zod';
import { durationFrom } from './duration.ts';
import { instant } from './instant.ts';
import { authSettings, serverSettings } from './server-settings.ts';
import { share } from './share.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const text = z.string().min(1, 'expected text');

const server = z.strictObject({
  /** Anything but a loopback host needs `auth`. */
  host: text.default('127.0.0.1'),
  /** 0 takes any free port. */
  port: z
    .int()
    .min(0, 'expected a port from 0 to 65535')
    .max(65_535, 'expected a port from 0 to 65535')
    .default(4000),
  /** Bounds what one query may fetch from providers, not what it may read from the archive. */
  maxRange: durationFrom(1_000).default(40 * DAY),
  ...serverSettings.shape,
});

/** How much is logged. */
export const logLevel = z.enum(['debug', 'info', 'warn', 'error']);

const log = z.strictObject({
  /** `COUNTROOM_LOG_LEVEL` wins. */
  level: logLevel.default('info'),
});

const keepsExpected = 'expected a duration of at least 1d, such as "400d", or forever';

const archive = z.strictObject({
  /** `duckdb:FILE`, `duckdb::memory:` or `postgres://user:password@host:5432/database`. */
  url: z
    .string()
    .regex(/^(duckdb:.+|postgres(ql)?:\/\/.+)$/, 'expected duckdb:FILE, duckdb::memory: or postgres://…')
    .default('duckdb:./data/countroom.duckdb'),
  /** How long versions that were replaced are kept, with their changes; cursors of older changes are refused. */
  keepVersions: z
    .union([z.literal('forever').transform(() => null), durationFrom(DAY)], keepsExpected)
    .prefault('forever'),
  /** What DuckDB may take for itself, in MB; the gateway's own 400 MB or so come on top. PostgreSQL has settings of its own. */
  memoryMb: z.int().min(128, 'expected 128 or more (MB)').default(512),
});

const sync = z.strictObject({
  /** Whether feeds are kept filled while serving. @default true */
  enabled: z.boolean().optional(),
  /** Where the filling starts; the provider's retention where absent. */
  since: instant.optional(),
  /** How long after its end an interval is read again; it is final after the last. */
  revisits: z.array(durationFrom(1_000)).default([10 * MINUTE, HOUR, 24 * HOUR]),
  /** At most this share of the last day’s calls reads final intervals again, at random; 0% reads none. */
  audit: share.prefault('1%'),
});

const players = z.strictObject({
  /** `same`: a provider's name stands for itself; `separate`: it becomes `account:username`. */
  unmapped: z.enum(['same', 'separate']).default('same'),
  /** The first rule whose account and pattern fit names the player; `$1` is the pattern's first group. */
  rules: z.array(z.strictObject({ account: text.optional(), match: text, player: text })).default([]),
  /** A CSV file with the columns account, username, player; it wins over rules. */
  file: text.optional(),
});

const federation = z.strictObject({
  /** Whether `node` and `nodes` are in the graph. */
  exposeNode: z.boolean().default(true),
  /** Whether the mutations are in the graph; commands that work through a running gateway by them need it. */
  exposeAdmin: z.boolean().default(true),
});

/** The sections of the file; an entry of `accounts` is read by its provider's schema. */
export const sections = {
  server: server.prefault({}),
  log: log.prefault({}),
  archive: archive.prefault({}),
  sync: sync.optional(),
  accounts: z.array(z.unknown(), 'expected a list of accounts').min(1, 'expected at least one account'),
  players: players.prefault({}),
  auth: authSettings.optional(),
  federation: federation.prefault({}),
};
export type PlayersSection = z.output<typeof players>;
export type AuthSection = z.output<typeof authSettings>;
export type SyncSection = z.output<typeof sync>;
