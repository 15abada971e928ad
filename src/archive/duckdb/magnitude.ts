import type { DuckDBConnection } from '@duckdb/node-api';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import { type Column, tableName } from '../../records/shape.ts';
import type { Commit } from '../archive.ts';
import { recordColumns } from '../sql/columns.ts';

export interface Magnitude {
  /** Remembers the most integer digits of the commits' amounts, inside the open transaction; `keep` once it stands. */
  write(connection: DuckDBConnection, commits: readonly Commit[]): Promise<{ keep(): void }>;
  /** The same for amounts alone; values that are not text count as no amount. */
  widen(connection: DuckDBConnection, amounts: readonly unknown[]): Promise<{ keep(): void }>;
  /** Whether the plain sum of a column of all rows could overflow. */
  isWide(connection: DuckDBConnection): Promise<boolean>;
}

// A sum at scale 18 in 128 bits holds 1.7e20; it wraps round silently past it.
const SAFE_SUM = 1e20;
const MIN_DIGITS = 6;

const decimals: Readonly<Record<RecordKind, readonly string[]>> = {
  BET: decimalNames(recordColumns.BET),
  TRANSFER: decimalNames(recordColumns.TRANSFER),
  SEQ_NO_FAILURE: decimalNames(recordColumns.SEQ_NO_FAILURE),
};

/** Remembers the largest amounts ever archived, so that totals know when sums must be split to stay exact. */
export async function createMagnitude(connection: DuckDBConnection): Promise<Magnitude> {
  const found = await connection.runAndReadAll(
    "SELECT value FROM archive_meta WHERE name = 'integer digits'",
  );
  let digits = Number(found.getRowsJson()[0]?.[0] ?? MIN_DIGITS);

  async function remember(writing: DuckDBConnection, most: number): Promise<{ keep(): void }> {
    if (most > digits) {
      await writing.run("DELETE FROM archive_meta WHERE name = 'integer digits'");
      await writing.run("INSERT INTO archive_meta (name, value) VALUES ('integer digits', $1)", [
        String(most),
      ]);
    }
    return {
      keep() {
        digits = Math.max(digits, most);
      },
    };
  }

  return {
    write: (writing, commits) => remember(writing, Math.max(...commits.map(digitsOf))),
    widen: (writing, amounts) => remember(writing, widest(amounts)),
    async isWide(reading) {
      const counts = recordKinds.map((kind) => `(SELECT count(*) FROM ${tableName[kind]})`);
      const result = await reading.runAndReadAll(`SELECT greatest(${counts.join(', ')})::DOUBLE`);
      return Number(result.getRows()[0]?.[0]) * 10 ** digits > SAFE_SUM;
    },
  };
}

function decimalNames(columns: readonly Column[]): string[] {
  return columns.filter((column) => column.type === 'decimal').map((column) => column.name);
}

function digitsOf(commit: Commit): number {
  let most = 0;
  for (const row of commit.rows as readonly object[]) {
    const fields = row as Readonly<Record<string, unknown>>;
    most = Math.max(most, widest(decimals[commit.kind].map((name) => fields[name])));
  }
  return most;
}

function widest(amounts: readonly unknown[]): number {
  let most = 0;
  for (const amount of amounts) {
    if (typeof amount !== 'string') continue;
    const point = amount.indexOf('.');
    most = Math.max(most, point === -1 ? amount.length : point);
  }
  return most;
}
