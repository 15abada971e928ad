import { type DuckDBConnection, type DuckDBDataChunk, type DuckDBValue, listValue } from '@duckdb/node-api';
import type { SqlValue, Statement } from '../sql/dialect.ts';
import type { Cell, Cells } from '../sql/records.ts';

/** Runs a statement and gives its whole answer by column. */
export async function readCells(connection: DuckDBConnection, statement: Statement): Promise<Cells> {
  const result = await connection.run(statement.text, statement.values.map(toDuckDb));
  const cells: Cell[][] = Array.from({ length: result.columnCount }, () => []);
  for (const chunk of await result.fetchAllChunks()) {
    for (const [index, column] of cellsOf(chunk).entries()) cells[index]?.push(...column);
  }
  return cells;
}

/** A chunk's cells by column; statements select nothing but text, doubles and booleans. */
export function cellsOf(chunk: DuckDBDataChunk): Cell[][] {
  return chunk.getColumns() as Cell[][];
}

/** A statement's value as DuckDB takes it; every parameter is cast in the text. */
export function toDuckDb(value: SqlValue): DuckDBValue {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  return typeof value === 'object' ? listOf(value) : value;
}

/** A list as a parameter; an empty one, which has no type of its own, as null, which unnests to no row as well. */
export function listOf(values: readonly (string | bigint)[]): DuckDBValue {
  return values.length === 0 ? null : listValue([...values]);
}
