import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Archive } from '../src/archive/archive.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { createPostgresArchive } from '../src/archive/postgres/index.ts';
import { archiveTables } from '../src/archive/sql/tables.ts';
import type { ChangePosition } from '../src/records/change.ts';
import { startPostgres } from '../test/archive/postgres-server.ts';
import { type CpuMeter, cpuOfEach, cpuWithServer, ownCpu } from './cpu.ts';
import type { Bench, Result } from './result.ts';
import { fillArchive } from './rows.ts';

/** How many rows the larger archive holds; `BENCH_ROWS` says otherwise. */
const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
/** `duckdb` or `postgres` where one alone is to be measured: `BENCH_ARCHIVE`. */
const ONLY = process.env['BENCH_ARCHIVE'];
const SMALLER = ROWS / 10;
const SEED_ROWS = Math.min(100_000, SMALLER);
const PAGE = 500;
const PAGES = 3;
const ROUNDS = 5;
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const RANGE = { from: START, to: START + 90 * DAY_MS };

const bets = archiveTables[0]!;

/** The seed again and again under other keys, each copy archived a day after the one before it. */
function multiplySql(columns: readonly string[], copies: string, days: string): string {
  const cells = columns.map((name) => {
    if (name === 'key') return "key || '-' || copy";
    return name.endsWith('archived_at') ? `${name} + ${days}` : name;
  });
  return `INSERT INTO bets (${columns.join(', ')}) SELECT ${cells.join(', ')} FROM bets, ${copies}
    ORDER BY archived_at + ${days}, bets.key`;
}

type Open = () => Promise<Archive>;

/** Commits the seed a batch a second from START on. */
async function seed(open: (clock: () => number) => Promise<Archive>): Promise<void> {
  let now = START;
  const archive = await open(() => (now += 1_000));
  await fillArchive(archive, 'a', SEED_ROWS, RANGE);
  await archive.close();
}

const places = ['the beginning', 'the middle', 'the end'] as const;
type Place = (typeof places)[number];

/** Walks some pages from a place. */
async function walk(archive: Archive, from: ChangePosition | null): Promise<void> {
  let after = from;
  for (let page = 0; page < PAGES; page += 1) {
    const changes = await archive.changes({ ...all, after, since: null, limit: PAGE });
    after = changes.at(-1) ?? after;
  }
}

const all = { kinds: ['BET', 'TRANSFER', 'SEQ_NO_FAILURE'], accounts: ['a'], players: null } as const;

async function placesOf(archive: Archive, rows: number): Promise<Record<Place, ChangePosition | null>> {
  const copies = rows / SEED_ROWS;
  const near = async (copy: number) => {
    const since = START + copy * DAY_MS;
    return (await archive.changes({ ...all, after: null, since, limit: 1 }))[0] ?? null;
  };
  return {
    'the beginning': null,
    'the middle': await near(Math.floor(copies / 2)),
    'the end': await near(copies - 1),
  };
}

async function measured(open: Open, rows: number, meter: CpuMeter): Promise<Record<Place, number>> {
  const archive = await open();
  try {
    const from = await placesOf(archive, rows);
    const works = {
      'the beginning': () => walk(archive, from['the beginning']),
      'the middle': () => walk(archive, from['the middle']),
      'the end': () => walk(archive, from['the end']),
    };
    return await cpuOfEach(works, ROUNDS, meter);
  } finally {
    await archive.close();
  }
}

function resultsOf(
  engine: string,
  what: string,
  small: Record<Place, number>,
  large: Record<Place, number>,
): Result[] {
  return places.map((place) => ({
    question: `${engine}: ${PAGES} pages of ${PAGE} changes from ${place} on, of ${ROWS / 1e6} M against a tenth`,
    figure: large[place] / small[place],
    unit: '×',
    atMost: 1.5,
    detail: `${what}: ${(large[place] / PAGES).toFixed(1)} ms a page against ${(small[place] / PAGES).toFixed(1)} ms`,
  }));
}

async function onDuckDb(): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  try {
    const costs: Record<Place, number>[] = [];
    for (const rows of [SMALLER, ROWS]) {
      const path = join(folder, `${rows}.duckdb`);
      const playerOf = (_: string, name: string) => name;
      await seed((clock) => createDuckDbArchive({ path, playerOf, clock }));
      const instance = await DuckDBInstance.create(path);
      const connection = await instance.connect();
      const held = bets.columns.flatMap(({ name, type }) =>
        type === 'decimal' ? [name, `${name}_scale`] : [name],
      );
      await connection.run(
        multiplySql(held, `range(1, ${rows / SEED_ROWS}) AS r (copy)`, 'to_days(copy::INT)'),
      );
      await connection.run('CHECKPOINT');
      connection.closeSync();
      instance.closeSync();
      costs.push(await measured(() => createDuckDbArchive({ path, playerOf }), rows, ownCpu));
    }
    const [small, large] = costs;
    return resultsOf('DuckDB', 'CPU', small!, large!);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onPostgres(): Promise<Result[]> {
  const server = await startPostgres();
  try {
    const costs: Record<Place, number>[] = [];
    for (const rows of [SMALLER, ROWS]) {
      const url = await server.createDatabase();
      const playerOf = (_: string, name: string) => name;
      await seed((clock) => createPostgresArchive({ url, playerOf, clock }));
      const names = bets.columns.map(({ name }) => name);
      const copies = `generate_series(1, ${rows / SEED_ROWS - 1}) AS r (copy)`;
      await server.run(multiplySql(names, copies, "copy * interval '1 day'"), url);
      await server.run('VACUUM ANALYZE bets', url);
      costs.push(
        await measured(() => createPostgresArchive({ url, playerOf }), rows, cpuWithServer(server.pid())),
      );
    }
    const [small, large] = costs;
    return resultsOf('PostgreSQL', 'CPU, the server’s included', small!, large!);
  } finally {
    await server.stop();
  }
}

/** What a page of the log of changes costs: by its size, not by the archive's, wherever it begins. */
export const changes: Bench = async () => {
  const engines = { duckdb: onDuckDb, postgres: onPostgres };
  const results: Result[] = [];
  for (const [name, measure] of Object.entries(engines))
    if ((ONLY ?? name) === name) results.push(...(await measure()));
  return results;
};
