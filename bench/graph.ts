import { Pool } from 'undici';
import type { KeptArchive } from '../src/archive/admin.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { createDispatcher } from '../src/feeds/dispatch.ts';
import type { Account, Feed } from '../src/feeds/feed.ts';
import { createFiller } from '../src/feeds/filler.ts';
import type { RequestContext } from '../src/graph/context.ts';
import { createSubgraph } from '../src/graph/schema/subgraph.ts';
import type { Viewer } from '../src/graph/viewer.ts';
import type { FeedLimits } from '../src/providers/provider.ts';
import { providers } from '../src/providers/registry.ts';
import type { Interval } from '../src/records/interval.ts';
import { createPlayers } from '../src/server/auth/pseudonyms.ts';
import { cpuOf } from './cpu.ts';
import { fillArchive } from './rows.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const account: Account = { id: 'vertexplay-bench', provider: 'vertexplay', currency: null };
const limits: FeedLimits = {
  maxWindow: 10 * MINUTE_MS,
  grid: 10 * MINUTE_MS,
  minInterval: 3_000,
  quota: null,
  retention: 40 * DAY_MS,
  rowCap: null,
  settlementLag: 2 * MINUTE_MS,
  openMaxAge: 30_000,
  confirmAfter: 600_000,
  settlesWithin: DAY_MS,
  timeout: 10_000,
  maxAttempts: 5,
};
const feed: Feed = {
  account,
  kind: 'BET',
  limits,
  paging: 'whole',
  stepMs: 1,
  axis: 'settledAt',
  pace: { key: 'none', minIntervalMs: 3_000, quota: null },
  // All of it is held: a call would be a fault of the bench.
  connection: {
    readPage: () => Promise.reject(new Error('bench: expected no call')),
    paceOf: () => ({ key: 'none', minIntervalMs: 3_000, quota: null }),
  },
};

/** The graph in this process, over an archive in memory that holds `bets` bets of one account. */
export interface BenchGraph {
  readonly account: string;
  readonly range: Interval;
  readonly archive: KeptArchive;
  readonly schema: ReturnType<typeof createSubgraph>;
  makeContext(viewer: Viewer): RequestContext;
}

export async function openGraph(bets: number): Promise<BenchGraph> {
  const playerOf = (_account: string, username: string) => username;
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf });
  const from = Date.UTC(2026, 0, 1);
  const range = { from, to: from + 30 * DAY_MS };
  await fillArchive(archive, account.id, bets, range);
  const filler = createFiller({ archive, now: Date.now });
  const dispatcher = createDispatcher({
    archive,
    filler,
    now: Date.now,
    maxRangeMs: 40 * DAY_MS,
    finalAfterMs: 0,
  });
  const playersOf = createPlayers({ playerOf, archive, secret: 'of the bench', clock: Date.now });
  return {
    account: account.id,
    range,
    archive,
    schema: createSubgraph({ providers, exposeNode: true }),
    makeContext: (viewer) => ({
      deps: {
        archive,
        quarantine: archive,
        providers: [],
        accounts: [account],
        feeds: [feed],
        clock: Date.now,
        health: filler.health,
        underWay: filler.underWay,
        troubles: filler.troubles,
        searchTransfers: async () => [],
        probe: async () => ({ problem: null, remedy: null }),
        about: () => Promise.reject(new Error('about: expected no call')),
        steering: { pause: async () => {}, resume: async () => {} },
        reread: async () => {},
        readDetail: async () => 'UNSUPPORTED',
      },
      viewer,
      players: playersOf(viewer),
      dispatch: dispatcher.begin(),
      notices: [],
    }),
  };
}

/** Sends operations over connections that stay open; throws where one is not answered without errors. */
export function createAsk(url: string, headers: Readonly<Record<string, string>> = {}, connections = 1) {
  const client = new Pool(new URL(url).origin, { connections });
  return {
    async ask(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<void> {
      const { body, statusCode } = await client.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      const text = await body.text();
      if (statusCode !== 200 || text.includes('"errors"')) throw new Error(`bench: ${text.slice(0, 500)}`);
    },
    close: () => client.close(),
  };
}

/** What an ask took: by the wall, and of the CPU of all threads; milliseconds. */
export interface Took {
  readonly wall: number;
  readonly cpu: number;
}

/** What each of two takes, turn about: what else the machine does slows both alike. */
export async function interleaved(
  runs: number,
  first: () => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<readonly [readonly Took[], readonly Took[]]> {
  const times: [Took[], Took[]] = [[], []];
  const timed = async (of: Took[], run: () => Promise<unknown>) => {
    const startedAt = performance.now();
    const cpu = await cpuOf(run);
    of.push({ wall: performance.now() - startedAt, cpu });
  };
  for (let warm = 0; warm < Math.min(50, runs); warm += 1) {
    await first();
    await second();
  }
  for (let index = 0; index < runs; index += 1) {
    // Whoever comes second finds the caches warm: they take turns in that as well.
    if (index % 2 === 0) await timed(times[0], first);
    await timed(times[1], second);
    if (index % 2 === 1) await timed(times[0], first);
  }
  return times;
}
