import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { KeptArchive } from '../src/archive/admin.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import type { PageQuery } from '../src/records/query.ts';
import { cpuOfEach } from './cpu.ts';
import { listPage } from './many-accounts.ts';
import type { Bench } from './result.ts';
import { betAt, fillArchive } from './rows.ts';

const ROWS = Number(process.env['BENCH_ROWS'] ?? 200_000);
const TIMES = Number(process.env['BENCH_TIMES'] ?? 10);
const DAY_MS = 86_400_000;
const DAYS = 30;
const FROM = Date.UTC(2026, 0, 1);
const account = 'vertexplay-bench';
const playerOf = (_: string, username: string) => username;

/** What each lookup costs on DuckDB over ten times the rows, against the same over the rows: CPU of all threads. */
export const growth: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  try {
    const [few, many] = [join(folder, 'few.duckdb'), join(folder, 'many.duckdb')];
    for (const path of [few, many]) {
      const archive = await createDuckDbArchive({ path, playerOf });
      await fillArchive(archive, account, ROWS, { from: FROM, to: FROM + DAYS * DAY_MS });
      await archive.close();
    }
    await multiply(many);
    return await compare(few, many);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Repeats all rows under other keys and rounds in the following months, as many times as it takes. */
async function multiply(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const described = await connection.runAndReadAll(
    "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'bets'",
  );
  const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  for (let time = 1; time < TIMES; time += 1) {
    const cells = columns.map(({ name, type }) => {
      if (['key', 'transfer_id', 'round_id'].includes(name))
        return `CAST(CAST(${name} AS BIGINT) + ${time * ROWS} AS VARCHAR)`;
      return type === 'TIMESTAMP' && !name.endsWith('archived_at') && name !== 'read_at'
        ? `${name} + INTERVAL ${DAYS * time} DAY`
        : name;
    });
    await connection.run(`INSERT INTO bets SELECT ${cells.join(', ')} FROM bets LIMIT ${ROWS}`);
    await connection.run('CHECKPOINT');
  }
  connection.closeSync();
  instance.closeSync();
}

/** The lookups over two files, in turns. */
export async function compare(few: string, many: string) {
  const [less, more] = [
    await createDuckDbArchive({ path: few, playerOf }),
    await createDuckDbArchive({ path: many, playerOf }),
  ];
  try {
    const results = [];
    for (const [name, ask] of Object.entries(lookups)) {
      const costs = await cpuOfEach({ less: () => ask(less, 1), more: () => ask(more, TIMES) });
      results.push({
        question: `${name} over ${TIMES} × the rows, against the same over ${ROWS / 1e6} M (DuckDB, CPU)`,
        figure: costs.more / costs.less,
        unit: '×',
        atMost: 2,
        detail: `${costs.more.toFixed(1)} and ${costs.less.toFixed(1)} ms`,
      });
    }
    return results;
  } finally {
    await less.close();
    await more.close();
  }
}

type Lookup = (archive: KeptArchive, months: number) => Promise<unknown>;

function page(over: Partial<PageQuery>): Lookup {
  return (archive, months) =>
    archive.page(
      listPage({ accounts: [account], range: { from: FROM, to: FROM + months * DAYS * DAY_MS }, ...over }),
    );
}

let committed = 0;

const lookups: Readonly<Record<string, Lookup>> = {
  'the newest 20': page({}),
  'the newest 20 by the time they were placed': page({ axis: 'PLACED' }),
  'one player’s newest 20': page({ players: ['player31'] }),
  'one bet by its key': (archive) =>
    archive.byKeys('BET', [
      { account, key: betAt(7_000, ROWS, { from: FROM, to: FROM + DAYS * DAY_MS }).key },
    ]),
  'one round': page({ where: { op: 'in', column: 'roundId', values: ['7000'] } }),
  // A thousand bets with keys among all others’, in a window of their own.
  'a commit of 1,000 bets': (archive, months) => {
    committed += 1;
    const interval = {
      from: FROM + months * DAYS * DAY_MS + committed * 60_000,
      to: FROM + months * DAYS * DAY_MS + (committed + 1) * 60_000,
    };
    return archive.commit({
      account,
      provider: 'vertexplay',
      kind: 'BET',
      interval,
      readAt: interval.to + DAY_MS,
      rows: Array.from({ length: 1_000 }, (_, index) => ({
        ...betAt(index, 1_000, interval),
        key: `${(index * 7_919 + committed) % 9_973}x${committed}`,
      })),
      quarantined: [],
    });
  },
};
