import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { type BenchGateway, cpuSeconds, rangeText, startGateway } from './gateway.ts';
import type { Bench, Result } from './result.ts';
import { fillArchive } from './rows.ts';

const ACCOUNT = 'vertexplay-bench';
const ROWS = Number(process.env['BENCH_ATTACK_ROWS'] ?? 300_000);
const DAY_MS = 86_400_000;
const GRID_MS = 600_000;
const LASTS_MS = 12_000;
const AT_MOST_MS = 50;
const NEIGHBOURS = 15;

type Range = { readonly from: number; readonly to: number };
type Strike = (gateway: BenchGateway, over: AbortSignal) => Promise<unknown>;

interface Attack {
  readonly name: string;
  /** Whether the range is held; else its provider is to be asked. */
  readonly held: boolean;
  /** Settings of the provider's account. */
  readonly account?: Readonly<Record<string, unknown>>;
  readonly strike: (range: Range) => Strike;
}

const terms = Array.from({ length: 60 }, (_, index) => `contains(tolower(gameCode),'vp_${index}x')`);

/** How late the event loop is in each of the attacks that a stranger with a key can make, and what a neighbour pays. */
export const attacks: Readonly<Record<string, Bench>> = {
  'attack-leavers': attackBench({
    name: 'large queries whose callers hang up',
    held: true,
    strike: () => (gateway, over) =>
      many(8, over, () => leave(`${gateway.url}/odata/v4/Bets?$orderby=stake%20desc&$top=5000`)),
  }),
  'attack-entities': attackBench({
    name: '500 entities over 39 days, all held',
    held: true,
    strike: (range) => askEntities(range, '0s'),
  }),
  'attack-unheld-entities': attackBench({
    name: '500 entities over 39 days of which nothing is held',
    held: false,
    strike: (range) => askEntities(range, '2s'),
  }),
  'attack-exports': attackBench({
    name: 'exports read a little at a time',
    held: true,
    strike: (range) => (gateway, over) =>
      many(8, over, () => sip(`${gateway.url}/export/bets.csv?${daysOf(range)}`, over)),
  }),
  'attack-odata': attackBench({
    name: 'heavy OData filters',
    held: true,
    strike: () => (gateway, over) =>
      many(8, over, () =>
        leave(
          `${gateway.url}/odata/v4/Bets?$top=1000&$filter=${encodeURIComponent(terms.join(' or '))}`,
          5_000,
        ),
      ),
  }),
  'attack-down': attackBench({
    name: 'a provider that is down, 40 callers waiting for 5,616 windows',
    held: false,
    // A port that nobody listens at: every call fails at once.
    account: { baseUrl: 'http://127.0.0.1:9' },
    strike: waitForAll,
  }),
};

function attackBench({ name, held, account, strike }: Attack): Bench {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'countroom-attacks-'));
    const to = Math.floor(Date.now() / GRID_MS) * GRID_MS - 3_600_000;
    const range = { from: to - 39 * DAY_MS, to };
    const path = join(folder, 'archive.duckdb');
    try {
      if (held) {
        const archive = await createDuckDbArchive({ path, playerOf: (_, username) => username });
        await fillArchive(archive, ACCOUNT, ROWS, range);
        await archive.close();
      }
      const gateway = await startGateway({
        names: ['vertexplay'],
        minIntervalMs: 20,
        archiveUrl: `duckdb:${path}`,
        probe: true,
        server: { limits: { costPerMinute: 1_000_000_000 } },
        account,
      });
      try {
        const results = await measure(gateway, name, strike(range));
        // What is not held is read on in the background when the callers have gone, as it should be.
        return held ? results : results.slice(0, 1);
      } finally {
        await gateway.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

function daysOf({ from, to }: Range): string {
  return `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
}

async function measure(gateway: BenchGateway, name: string, strike: Strike): Promise<Result[]> {
  const now = Date.now();
  const lately = rangeText(now - DAY_MS, now);
  const page = () =>
    gateway.ask(`{ bets(filter: { range: ${lately} }, first: 20, maxWait: "0s") { nodes { id } } }`);
  const usual = await costOf(gateway, page);
  gateway.probe?.begin();
  const over = AbortSignal.timeout(LASTS_MS);
  await strike(gateway, over).catch((error: unknown) => {
    if (!over.aborted) throw error;
  });
  const { p99, most, looks, wallP99 } = (await gateway.probe?.told())!;
  await wait(250);
  const after = await costOf(gateway, page);
  return [
    {
      question: `${name}: the loop's longest stretches, p99`,
      figure: p99,
      unit: 'ms',
      atMost: AT_MOST_MS,
      detail: `CPU of the main thread between two looks, ${looks} looks; the longest ${most.toFixed(0)} ms; delay by the wall ${wallP99.toFixed(0)} ms`,
    },
    {
      question: `${name}: a neighbour's page 250 ms after the callers have gone, against the usual, in CPU`,
      figure: after / usual,
      unit: '×',
      atMost: 2,
      detail: `${(after * 1_000).toFixed(0)} ms and ${(usual * 1_000).toFixed(0)} ms a page, means of ${NEIGHBOURS}`,
    },
  ];
}

/** CPU seconds a page, all threads: the kernel counts in hundredths, so of several together. */
async function costOf({ pid }: BenchGateway, page: () => Promise<unknown>): Promise<number> {
  await page();
  const before = await cpuSeconds(pid);
  for (let index = 0; index < NEIGHBOURS; index += 1) await page();
  return ((await cpuSeconds(pid)) - before) / NEIGHBOURS;
}

async function many(callers: number, over: AbortSignal, call: () => Promise<unknown>): Promise<void> {
  const each = async () => {
    while (!over.aborted) await call();
  };
  await Promise.all(Array.from({ length: callers }, each));
}

function open(url: string): { readonly answer: Promise<IncomingMessage>; readonly hangUp: () => void } {
  const asking = request(url, { agent: new Agent({ maxSockets: 1 }) });
  const answer = once(asking, 'response').then(([response]) => response as IncomingMessage);
  answer.catch(() => {});
  asking.end();
  return { answer, hangUp: () => asking.destroy() };
}

/** Asks, and is gone before the answer. */
async function leave(url: string, afterMs = 150): Promise<void> {
  const { answer, hangUp } = open(url);
  answer.then(
    (response) => response.resume(),
    () => {},
  );
  await wait(afterMs);
  hangUp();
}

/** Takes a little now and then, as a client on a bad line does. */
async function sip(url: string, over: AbortSignal): Promise<void> {
  const { answer, hangUp } = open(url);
  try {
    const response = await answer;
    while (!over.aborted && !response.readableEnded && response.read(16_384) !== undefined) await wait(50);
  } finally {
    hangUp();
  }
}

function waitForAll(range: Range): Strike {
  const query = `{ bets(filter: { range: ${rangeText(range.from, range.to)} }, first: 1, maxWait: "10s") { coverage { complete } } }`;
  return (gateway, over) => many(40, over, () => gateway.ask(query));
}

function askEntities(range: Range, maxWait: string): Strike {
  const representations = Array.from({ length: 500 }, (_, index) => ({
    __typename: 'Player',
    username: `player${index * 37}`,
  }));
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Player {
    bets(range: ${rangeText(range.from, range.to)}, first: 5, maxWait: "${maxWait}") { nodes { id } coverage { complete } } } } }`;
  return (gateway, over) => many(2, over, () => gateway.ask(query, { representations }));
}
