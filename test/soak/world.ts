import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { providers } from '../../src/providers/registry.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/host.ts';
import { startSilentProxy } from '../archive/postgres/silent-proxy.ts';
import { type PostgresServer, startPostgres } from '../archive/postgres-server.ts';
import type { SoakFeed } from './check.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type MovingSandbox, moving, shapes } from './provider.ts';

/** Three gateways on one PostgreSQL, the providers' other sides, and what may be done to them. */
export interface World {
  readonly gateways: readonly Gateway[];
  readonly postgres: PostgresServer;
  readonly databaseUrl: string;
  readonly host: SandboxServer;
  readonly sandboxes: Readonly<Record<string, MovingSandbox>>;
  readonly providers: readonly string[];
  readonly feeds: readonly SoakFeed[];
  readonly since: number;
  /** Moves every provider's clock to so many milliseconds from ours. */
  shiftClock(ms: number): void;
  /** A time as long as the run allows. */
  shortly(ms: number): number;
  /** What no gateway may do by itself. */
  readonly wrong: string[];
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly folder: string;
  readonly program: readonly string[];
}

const SECOND = 1_000;
const HOUR = 3_600_000;
/** How late rows are listed at the most, as each feed is told; and the latest that news come all the same. */
export const LAG_MS = 10 * SECOND;
export const LATEST_MS = 40 * SECOND;
/** A run that is shorter is to be over soon. */
export const BRIEF_MINUTES = 0.5;
const MIN_INTERVAL_MS = 500;
// Each gateway opens up to twenty, and those of half-open ones stay for a while.
const CONNECTIONS = 200;

const limits = {
  minInterval: `${MIN_INTERVAL_MS}ms`,
  grid: '2m',
  settlementLag: `${LAG_MS}ms`,
  openMaxAge: '5s',
  confirmAfter: '4s',
  timeout: '4s',
};

/** Starts everything on loopback, in `folder`. */
export async function openWorld({ seed, minutes, folder, program }: WorldOptions): Promise<World> {
  mkdirSync(folder, { recursive: true });
  const startedAt = Date.now();
  let offset = 0;
  const clock = () => Date.now() + offset;
  const hours = Math.min(8, Math.max(0.1, minutes));
  const since = Math.floor((startedAt - hours * HOUR) / 120_000) * 120_000;
  // News that revisits alone find take a minute and more to be found.
  const latestMs = minutes < BRIEF_MINUTES ? LAG_MS : LATEST_MS;
  const news = { seed, since: startedAt, lagMs: LAG_MS, latestMs, minIntervalMs: MIN_INTERVAL_MS };
  // Their clocks jump: that calls do not come too close is judged by one that does not.
  const hosted = await createSandboxes(providers, { clock, minIntervalMs: Number.NEGATIVE_INFINITY });
  const sandboxes = Object.fromEntries(
    Object.entries(hosted).map(([name, sandbox]) => [name, moving(name, sandbox, clock, news)]),
  );
  const host = await createSandboxServer({ sandboxes, clock });
  const postgres = await startPostgres({ connections: CONNECTIONS });
  const databaseUrl = await postgres.createDatabase();
  const wrong: string[] = [];
  const accounts = Object.entries(hosted).map(([name, { account }]) => {
    const kinds = (shapes[name] ?? []).map(({ kind }) => [kind, limits]);
    return { id: name, baseUrl: host.baseUrl(name), ...account, limits: Object.fromEntries(kinds) };
  });
  async function start(name: string): Promise<Gateway> {
    const proxy = await startSilentProxy(Number(new URL(databaseUrl).port));
    const configuration = {
      server: { port: 0, drainDelay: '0s' },
      archive: { url: proxy.through(databaseUrl) },
      sync: { since: new Date(since).toISOString(), revisits: ['20s', '60s'] },
      log: { level: 'info' },
      accounts,
    };
    const onWrong = (what: string) => wrong.push(what);
    return startGateway({ name, folder, program, configuration, proxy, onWrong });
  }
  const gateways = await Promise.all(['one', 'two', 'three'].map(start));
  const feeds = Object.entries(shapes).flatMap(([account, kinds]) =>
    kinds.map(({ kind }): SoakFeed => {
      const sandbox = sandboxes[account]!;
      return { account, kind, rows: (interval) => sandbox.rows(kind, interval) };
    }),
  );
  return {
    gateways,
    postgres,
    databaseUrl,
    host,
    sandboxes,
    providers: Object.keys(sandboxes),
    feeds,
    since,
    shiftClock(ms) {
      offset = ms;
    },
    shortly: (ms) => Math.min(ms, Math.max(1_000, minutes * 4_000)),
    wrong,
    async close() {
      await Promise.all(gateways.map((each) => each.stop()));
      await Promise.all(gateways.map(({ proxy }) => proxy.close()));
      await host.close();
      await postgres.stop();
      await wait(0);
    },
  };
}

export const logOf = (folder: string, name: string) => join(folder, `${name}.log`);
