import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadableSource, Unread } from '../salvage.ts';
import type { Cells } from '../sql/records.ts';
import { type ArchiveTable, archiveTables, dumpStatement } from '../sql/tables.ts';
import { duckDbDialect } from './dialect.ts';
import { isDamage } from './faults.ts';
import { cellsOf } from './values.ts';

// Rows are read by their number in ranges, halved where one meets damage: a block that cannot be read holds thousands.
const ROWS_A_RANGE = 32_768;
const FEWEST = 256;

/** The rows of a file's tables around what is damaged. */
export function readableBatches(connection: DuckDBConnection): Pick<ReadableSource, 'batches' | 'unread'> {
  const unread: Unread[] = [];

  async function* range(table: ArchiveTable, from: number, to: number): AsyncGenerator<Cells> {
    const cells = await read(connection, table, from, to);
    if (cells !== null) yield* cells;
    else if (to - from > FEWEST) {
      const middle = from + Math.ceil((to - from) / 2);
      yield* range(table, from, middle);
      yield* range(table, middle, to);
    } else unread.push(await unreadOf(connection, table, from, to));
  }

  return {
    unread,
    async *batches(table) {
      // The number of rows is told without reading one.
      const end = await readableNumber(
        connection,
        `SELECT coalesce(max(rowid) + 1, 0)::DOUBLE FROM ${table.name}`,
      );
      if (end === null) unread.push({ table: table.name, rows: null, of: [] });
      if (end === null) return;
      for (let from = 0; from < end; from += ROWS_A_RANGE)
        yield* range(table, from, Math.min(from + ROWS_A_RANGE, end));
    },
  };
}

/** How many rows each table has; none where that cannot be told. */
export async function readableCounts(connection: DuckDBConnection): Promise<number[]> {
  const counts: number[] = [];
  for (const { name } of archiveTables)
    counts.push((await readableNumber(connection, `SELECT count(*)::DOUBLE FROM ${name}`)) ?? 0);
  return counts;
}

async function readableNumber(connection: DuckDBConnection, sql: string): Promise<number | null> {
  try {
    return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
  } catch (error) {
    if (error instanceof Error && isDamage(error.message)) return null;
    throw error;
  }
}

/** The rows of a range; null where one of them cannot be read. */
async function read(
  connection: DuckDBConnection,
  table: ArchiveTable,
  from: number,
  to: number,
): Promise<Cells[] | null> {
  try {
    const result = await connection.run(
      `${dumpStatement(duckDbDialect, table).text} WHERE rowid >= ${from} AND rowid < ${to}`,
    );
    return (await result.fetchAllChunks()).filter(({ rowCount }) => rowCount > 0).map(cellsOf);
  } catch (error) {
    if (error instanceof Error && isDamage(error.message)) return null;
    throw error;
  }
}

/** What a range's rows are of, as far as their accounts and times can be read. */
async function unreadOf(
  connection: DuckDBConnection,
  { name, columns }: ArchiveTable,
  from: number,
  to: number,
): Promise<Unread> {
  const within = `FROM ${name} WHERE rowid >= ${from} AND rowid < ${to}`;
  const rows = await readableNumber(connection, `SELECT count(*)::DOUBLE ${within}`);
  if (!columns.some((column) => column.name === 'counted_at')) return { table: name, rows, of: [] };
  const at = 'epoch_ms(counted_at)::DOUBLE';
  const of = await connection
    .runAndReadAll(`SELECT account, min(${at}), max(${at}) ${within} GROUP BY account ORDER BY account`)
    .then(
      (found) =>
        found.getRows().map(([account, first, last]) => ({
          account: String(account),
          from: Number(first),
          to: Number(last),
        })),
      (error: Error) => {
        if (isDamage(error.message)) return [];
        throw error;
      },
    );
  return { table: name, rows, of };
}
