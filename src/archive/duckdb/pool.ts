import type { DuckDBConnection } from '@duckdb/node-api';

export interface Pool {
  /**
   * Lends a connection for one task, oldest asker first. Once the signal is aborted the task is begun no more, and what
   * runs on its connection is stopped.
   */
  use<T>(task: (connection: DuckDBConnection) => Promise<T>, wanted?: AbortSignal): Promise<T>;
  /** Stops what runs, waits until every task has ended, and closes the connections. */
  close(): Promise<void>;
}

const INTERRUPT_MS = 20;

export interface PoolOptions {
  /** How long a task may have its connection, in milliseconds; what still runs then is stopped. @default no bound */
  readonly limitMs?: number;
}

/** A fixed set of connections: more tasks than connections wait their turn. */
export function createPool(connections: readonly DuckDBConnection[], { limitMs }: PoolOptions = {}): Pool {
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
    async use(task, wanted) {
      const connection = await take();
      let stopping: NodeJS.Timeout | null = null;
      let isLate = false;
      const stop = () => {
        connection.interrupt();
        // A statement that is just about to begin does not hear of it.
        stopping ??= setInterval(() => connection.interrupt(), INTERRUPT_MS);
      };
      const late = () => {
        isLate = true;
        stop();
      };
      const timer = limitMs === undefined ? undefined : setTimeout(late, limitMs);
      wanted?.addEventListener('abort', stop);
      try {
        wanted?.throwIfAborted();
        return await task(connection);
      } catch (error) {
        if (isLate) throw new Error(`it was stopped after ${limitMs} ms, the longest a read may take`);
        throw error;
      } finally {
        clearTimeout(timer);
        wanted?.removeEventListener('abort', stop);
        if (stopping !== null) {
          clearInterval(stopping);
          // The end of a transaction may have been stopped too; where there is none, there is nothing to end.
          await connection.run('ROLLBACK').catch(() => undefined);
        }
        giveBack(connection);
      }
    },
    async close() {
      for (const connection of connections) connection.interrupt();
      for (const _ of connections) (await take()).closeSync();
    },
  };
}
