import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptArchive } from '../src/archive/admin.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { createPostgresArchive } from '../src/archive/postgres/index.ts';
import { startPostgres } from '../test/archive/postgres-server.ts';
import { startGateway } from './gateway.ts';
import { cpuMsOf } from './peers/cpu-of.ts';
import { ofCountroom, type Peer, peerAt, startPeer } from './peers/start.ts';
import { type Bench, median, type Result } from './result.ts';
import { fillArchive } from './rows.ts';

const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const CLIENTS = 50;
const CLIENTS_MS = 5_000;
const DAY_MS = 86_400_000;
const account = 'vertexplay-bench';
const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) + 30 * DAY_MS };
const playerOf = (_: string, username: string) => username;

/** What is asked, how often in a round, and the most that countroom may cost beside Apollo, on DuckDB and PostgreSQL. */
const questions = {
  'page of 20': { times: 40, ask: (peer: Peer) => peer.page(20), atMost: [5, 3] },
  'page of 100': { times: 20, ask: (peer: Peer) => peer.page(100), atMost: [5, 3] },
  'page of 1,000': { times: 5, ask: (peer: Peer) => peer.page(1_000), atMost: [1, 1] },
  '500 players × 10 bets': { times: 2, ask: (peer: Peer) => peer.nested(), atMost: [2, 2] },
} as const;

interface Question {
  readonly times: number;
  readonly ask: (peer: Peer) => Promise<void>;
  readonly atMost: readonly [onDuckDb: number, onPostgres: number];
}
type Questions = Readonly<Record<string, Question>>;

/**
 * What countroom costs over an archive of a million rows beside what others cost over the same rows in memory: CPU of
 * all threads of each one's process (PostgreSQL's own not among them), all of one run and turn about.
 */
export const peers: Bench = () =>
  withArchive(ROWS, async (path) => {
    const postgres = await startPostgres();
    try {
      const url = await postgres.createDatabase();
      await filled(await createPostgresArchive({ url, playerOf }), ROWS);
      await postgres.run('VACUUM ANALYZE', url);
      return await withPeers(
        [
          ...['floor', 'apollo', 'yoga', 'mercurius'].map((name) => () => startPeer(name)),
          () => countroom('DuckDB', `duckdb:${path}`),
          () => countroom('PostgreSQL', url),
        ],
        async (open) => {
          const costs = await costsOf(open, questions, 9);
          for (const peer of open)
            console.error(row(peer.name, costs.get(peer.name) ?? {}, await crowd(peer)));
          return [...against(costs, questions, 'DuckDB', 0), ...against(costs, questions, 'PostgreSQL', 1)];
        },
      );
    } finally {
      await postgres.stop();
    }
  });

// What stands, with room for what a busy machine does to it: the goals are `peers`', and are not reached.
const brief = {
  'page of 20': { ...questions['page of 20'], times: 20, atMost: [25, 0] },
  'page of 1,000': { ...questions['page of 1,000'], atMost: [4, 0] },
} as const;

/** The same in short, on DuckDB alone: whether pages have become dearer than they were. */
export const peersBrief: Bench = () =>
  withArchive(40_000, (path) =>
    withPeers([() => startPeer('apollo'), () => countroom('DuckDB', `duckdb:${path}`)], async (open) =>
      against(await costsOf(open, brief, 5), brief, 'DuckDB', 0),
    ),
  );

/** A DuckDB file with so many rows, gone afterwards. */
async function withArchive<T>(rows: number, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  try {
    const path = join(folder, 'archive.duckdb');
    await filled(await createDuckDbArchive({ path, playerOf }), rows);
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts peers one after the other, and ends those that have started whatever becomes of it. */
async function withPeers<T>(
  starts: readonly (() => Promise<Peer>)[],
  work: (open: readonly Peer[]) => Promise<T>,
): Promise<T> {
  const open: Peer[] = [];
  try {
    for (const start of starts) open.push(await start());
    return await work(open);
  } finally {
    for (const peer of open) await peer.close();
  }
}

async function filled(archive: KeptArchive, rows: number): Promise<void> {
  await fillArchive(archive, account, rows, range);
  await archive.close();
}

async function countroom(name: string, archiveUrl: string): Promise<Peer> {
  const gateway = await startGateway({ names: ['vertexplay'], minIntervalMs: 200, archiveUrl });
  const asked = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
  return peerAt({ name, url: gateway.url, pid: gateway.pid }, ofCountroom(asked), gateway.close);
}

type Costs = Map<string, Readonly<Record<string, number>>>;

/** CPU milliseconds a request, the median of rounds in which the peers take turns. */
async function costsOf(open: readonly Peer[], asked: Questions, count: number): Promise<Costs> {
  const costs: Costs = new Map(open.map(({ name }) => [name, {}]));
  for (const [question, { times, ask }] of Object.entries(asked)) {
    const rounds = new Map(open.map((peer) => [peer, [] as number[]]));
    for (let round = -2; round < count; round += 1) {
      for (const peer of open) {
        const before = await cpuMsOf(peer.pid);
        for (let time = 0; time < times; time += 1) await ask(peer);
        // The first two warm up.
        if (round >= 0) rounds.get(peer)?.push(((await cpuMsOf(peer.pid)) - before) / times);
      }
    }
    for (const [{ name }, each] of rounds) costs.set(name, { ...costs.get(name), [question]: median(each) });
  }
  return costs;
}

/** Fifty clients with pages of 20, each asking anew as soon as it is answered: requests a second, and the slowest hundredth. */
async function crowd(peer: Peer): Promise<{ readonly rps: number; readonly p99: number }> {
  const waits: number[] = [];
  const until = performance.now() + CLIENTS_MS;
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (performance.now() < until) {
        const startedAt = performance.now();
        await peer.page(20);
        waits.push(performance.now() - startedAt);
      }
    }),
  );
  waits.sort((a, b) => a - b);
  return { rps: waits.length / (CLIENTS_MS / 1_000), p99: waits[Math.floor(waits.length * 0.99)] ?? 0 };
}

/** A line of the table of `results.md`. */
function row(
  name: string,
  costs: Readonly<Record<string, number>>,
  { rps, p99 }: Awaited<ReturnType<typeof crowd>>,
): string {
  const cells = Object.values(costs).map((cost) => `${cost.toFixed(2)} ms`);
  return `| ${[name, ...cells, `${rps.toFixed(0)}/s`, `${p99.toFixed(0)} ms`].join(' | ')} |`;
}

function against(costs: Costs, asked: Questions, name: string, at: 0 | 1): Result[] {
  return Object.entries(asked).map(([question, { atMost }]) => {
    const own = costs.get(name)?.[question] ?? Number.NaN;
    const apollo = costs.get('apollo')?.[question] ?? Number.NaN;
    return {
      question: `${question}, countroom on ${name} against Apollo’s defaults from memory (CPU)`,
      figure: own / apollo,
      unit: '×',
      atMost: atMost[at],
      detail: `${own.toFixed(2)} and ${apollo.toFixed(2)} ms`,
    };
  });
}
