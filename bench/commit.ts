import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Archive } from '../src/archive/archive.ts';
import { digestOf } from '../src/archive/digest.ts';
import { appendVersions } from '../src/archive/duckdb/append.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import type { Version } from '../src/archive/merge.ts';
import { inTransaction } from '../src/archive/postgres/database.ts';
import { createPostgresArchive } from '../src/archive/postgres/index.ts';
import { prepareStaging, stage, stagedColumns } from '../src/archive/postgres/staging.ts';
import { archiveTables } from '../src/archive/sql/tables.ts';
import type { Interval } from '../src/records/interval.ts';
import type { Bet } from '../src/records/record.ts';
import { startPostgres } from '../test/archive/postgres-server.ts';
import { openDatabase } from './database.ts';
import { type Bench, median, type Result } from './result.ts';
import { betAt, fillArchive } from './rows.ts';

const DAY_MS = 86_400_000;
const WINDOW_MS = 600_000;
const BATCH = 20_000;
const ROUNDS = 5;
const SEED_ROWS = 100_000;
/** How many rows the archive holds before; `BENCH_ROWS` says otherwise. */
const ROWS = Number(process.env['BENCH_ROWS'] ?? 5_000_000);
const NOW = Date.UTC(2026, 10, 1);
const RANGE: Interval = { from: NOW - 90 * DAY_MS, to: NOW };
const bets = archiveTables[0]!;
const names = bets.columns.map(({ name }) => name);

/** The seed again and again under other keys, each a second after the one before: `copies` comes from the engine. */
function multiplySql(columns: readonly string[], copies: string, later: string): string {
  const cells = columns.map((name) => {
    if (name === 'key') return "key || '-' || copy";
    return name === 'axis_at' ? `axis_at + ${later}` : name;
  });
  return `INSERT INTO bets (${columns.join(', ')}) SELECT ${cells.join(', ')} FROM bets, ${copies}`;
}

/** The rows of one window, ten minutes long. */
function windowOf(round: number): Bet[] {
  const from = NOW + round * WINDOW_MS;
  const range = { from, to: from + WINDOW_MS };
  return Array.from({ length: BATCH }, (_, index) => ({
    ...betAt(index, BATCH, range),
    key: `${round}-${index}`,
  }));
}

/** Three in ten of them as they were before. */
function beforeOf(round: number): Bet[] {
  return windowOf(round)
    .filter((_, index) => index % 10 < 3)
    .map((bet) => ({ ...bet, versionAt: bet.axisAt - 1, raw: `${bet.raw} ` }));
}

const versionsOf = (rows: readonly Bet[]): Version<'BET'>[] =>
  rows.map((record) => ({
    record,
    formerKey: null,
    digest: digestOf('BET', record),
    vanishedAt: null,
    firstArchivedAt: null,
    change: null,
  }));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function commitTimes(archive: Archive, firstRound: number): Promise<number> {
  const times: number[] = [];
  for (let round = firstRound; round < firstRound + ROUNDS; round += 1) {
    const commit = { account: 'a', provider: 'vertexplay', kind: 'BET', quarantined: [] } as const;
    const readAt = NOW + 40 * DAY_MS + round;
    await archive.commit({ ...commit, rows: beforeOf(round), interval: null, readAt: readAt - DAY_MS });
    const rows = windowOf(round);
    times.push(await timed(() => archive.commit({ ...commit, rows, interval: null, readAt })));
  }
  return median(times);
}

function resultOf(engine: string, ours: number, own: number): Result {
  return {
    question: `${engine}: commit of 20,000 rows into ${ROWS / 1e6} M, against its own staged upsert`,
    figure: ours / own,
    unit: '×',
    atMost: 2,
    detail: `${ours.toFixed(0)} ms against ${own.toFixed(0)} ms, medians of ${ROUNDS}`,
  };
}

async function onDuckDb(): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  const path = join(folder, 'a.duckdb');
  const open = () => createDuckDbArchive({ path, playerOf: (_, name) => name });
  try {
    const seeded = await open();
    await fillArchive(seeded, 'a', SEED_ROWS, RANGE);
    await seeded.close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    const held = bets.columns.flatMap(({ name, type }) =>
      type === 'decimal' ? [name, `${name}_scale`] : [name],
    );
    const copies = `range(1, ${ROWS / SEED_ROWS}) AS r (copy)`;
    await connection.run(multiplySql(held, copies, 'to_seconds(copy)'));
    await connection.run('CHECKPOINT');
    await connection.run('CREATE TABLE staged AS SELECT * FROM bets LIMIT 0');
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const versions = versionsOf(windowOf(round));
      const source = { account: 'a', provider: 'vertexplay', readAt: NOW, archivedAt: NOW } as const;
      await appendVersions(connection, 'bets', 'BET', [{ source, versions: versionsOf(beforeOf(round)) }]);
      times.push(
        await timed(async () => {
          await connection.run('BEGIN');
          await appendVersions(connection, 'staged', 'BET', [{ source, versions }]);
          await connection.run(`DELETE FROM bets USING staged AS s
            WHERE bets.account = s.account AND bets.key = s.key AND bets.version_at < s.version_at`);
          await connection.run(
            'INSERT INTO bets SELECT * FROM staged AS s ANTI JOIN bets AS b USING (account, key)',
          );
          await connection.run('DELETE FROM staged');
          await connection.run('COMMIT');
        }),
      );
    }
    connection.closeSync();
    instance.closeSync();
    const archive = await open();
    const ours = await commitTimes(archive, ROUNDS);
    await archive.close();
    return resultOf('DuckDB', ours, median(times));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function onPostgres(): Promise<Result> {
  const server = await startPostgres({ fsync: true });
  try {
    const url = await server.createDatabase();
    const archive = await createPostgresArchive({ url, playerOf: (_, name) => name });
    await fillArchive(archive, 'a', SEED_ROWS, RANGE);
    const copies = `generate_series(1, ${ROWS / SEED_ROWS - 1}) AS r (copy)`;
    await server.run(multiplySql(names, copies, "copy * interval '1 second'"), url);
    await server.run('VACUUM ANALYZE bets', url);
    const database = openDatabase(url);
    const times: number[] = [];
    const columns = stagedColumns('BET');
    const staged = columns.replace('first_archived_at', 'coalesce(first_archived_at, now())');
    const sets = columns.split(', ').map((name) => `${name} = excluded.${name}`);
    await database.use(async (client) => {
      await prepareStaging(client, 'BET');
      const upsert = (rows: readonly Bet[]) =>
        inTransaction(client, 'BEGIN', async () => {
          await stage(client, 'BET', { insert: versionsOf(rows), superseded: [] });
          await client.query(`INSERT INTO bets (account, provider, archived_at, read_at, ${columns})
            SELECT 'a', 'vertexplay', now(), now(), ${staged} FROM staged_bets
            ON CONFLICT (account, key) DO UPDATE SET ${sets.join(', ')}, read_at = excluded.read_at
            WHERE bets.version_at < excluded.version_at`);
        });
      for (let round = 0; round < ROUNDS; round += 1) {
        await upsert(beforeOf(round));
        const rows = windowOf(round);
        times.push(await timed(() => upsert(rows)));
      }
    });
    await database.close();
    const ours = await commitTimes(archive, ROUNDS);
    await archive.close();
    return resultOf('PostgreSQL', ours, median(times));
  } finally {
    await server.stop();
  }
}

/** What a commit costs beside the least an engine can do with the same rows: stage them and write what is newer. */
export const commit: Bench = async () => [await onDuckDb(), await onPostgres()];
