import { type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from '@duckdb/node-api';

/** Takes rows by the names of their columns; what a table has beyond them is null. */
export interface NamedAppender {
  /** Values by column, in the order of the names; all of one length, at most 2,048. */
  append(columns: readonly (readonly DuckDBValue[])[]): void;
  close(): void;
}

const orders = new WeakMap<DuckDBConnection, Map<string, readonly string[]>>();

/**
 * DuckDB's appender goes by the table's own order, in which a column that came by a migration stands last: it is asked
 * for once a connection. Throws an Error naming a column that the table does not have.
 */
export async function createNamedAppender(
  connection: DuckDBConnection,
  table: string,
  names: readonly string[],
): Promise<NamedAppender> {
  const order = await orderOf(connection, table);
  const unknown = names.find((name) => !order.includes(name));
  if (unknown !== undefined) throw new Error(`${table}: expected a column ${unknown}, got none of that name`);
  const places = order.map((name) => names.indexOf(name));
  const appender = await connection.createAppender(table);
  const types = order.map((_, index) => appender.columnType(index));
  return {
    append(columns) {
      const length = columns[0]?.length ?? 0;
      const none = Array.from({ length }, () => null);
      const chunk = DuckDBDataChunk.create(types, length);
      for (const [index, place] of places.entries()) chunk.setColumnValues(index, columns[place] ?? none);
      appender.appendDataChunk(chunk);
    },
    close: () => appender.closeSync(),
  };
}

async function orderOf(connection: DuckDBConnection, table: string): Promise<readonly string[]> {
  const known = orders.get(connection) ?? new Map<string, readonly string[]>();
  orders.set(connection, known);
  const found = known.get(table);
  if (found !== undefined) return found;
  const result = await connection.runAndReadAll(
    `SELECT column_name FROM duckdb_columns()
    WHERE table_name = $1 AND NOT internal AND database_name = current_database() ORDER BY column_index`,
    [table],
  );
  const order = result.getRows().map(([name]) => String(name));
  known.set(table, order);
  return order;
}
