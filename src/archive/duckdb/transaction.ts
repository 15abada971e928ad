import type { DuckDBConnection } from '@duckdb/node-api';
import type { Turns } from './turns.ts';

/** Runs work in one transaction: all of it, or nothing. Its commit waits for its turn where others are to wait for it. */
export async function transaction<T>(
  connection: DuckDBConnection,
  work: () => Promise<T>,
  inTurn: Turns = (task) => task(),
): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work();
    await inTurn(() => connection.run('COMMIT'));
    return result;
  } catch (error) {
    try {
      await connection.run('ROLLBACK');
    } catch {
      // The first error says what happened; a transaction it ended already cannot be rolled back again.
    }
    throw error;
  }
}
