import type { DuckDBConnection } from '@duckdb/node-api';

export interface Pool {
  /** Lends a connection for one task, oldest asker first. */
  use<T>(task: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Stops what runs, waits until every task has ended, and closes the connections. */
  close(): Promise<void>;
}

/** A fixed set of connections: more tasks than connections wait their turn. */
export function createPool(connections: readonly DuckDBConnection[]): Pool {
  const free = [...connections];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];

  function take(): Promise<DuckDBConnection> {
    const connection = free.pop();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(connection: DuckDBConnection): void {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  }

  return {
    async use(task) {
      const connection = await take();
      try {
        return await task(connection);
      } finally {
        giveBack(connection);
      }
    },
    async close() {
      for (const connection of connections) connection.interrupt();
      for (const _ of connections) (await take()).closeSync();
    },
  };
}
