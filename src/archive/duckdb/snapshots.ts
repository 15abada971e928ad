import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cells } from '../sql/records.ts';
import { createCollector } from './collect.ts';
import { createPool, type Pool } from './pool.ts';
import { cellsOf, toDuckDb } from './values.ts';

/** Views of the archive that do not change while they are read, each on a connection of its own. */
export interface Snapshots {
  open(): Promise<number>;
  run(id: number, statement: Statement): Promise<void>;
  /** The next piece of what runs; null at its end. */
  next(id: number): Promise<Cells | null>;
  close(id: number): Promise<void>;
  closeAll(): Promise<void>;
}

interface Snapshot {
  /** One connection: its pool keeps the calls of one snapshot in turn. */
  readonly pool: Pool;
  running: DuckDBResult | null;
}

export function createSnapshots(instance: DuckDBInstance, nextId: () => number): Snapshots {
  const open = new Map<number, Snapshot>();
  const collect = createCollector();

  function use<T>(
    id: number,
    task: (held: Snapshot, connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const held = open.get(id);
    if (held === undefined) return Promise.reject(new ArchiveError('the snapshot is closed'));
    return held.pool.use((connection) => task(held, connection));
  }

  async function close(id: number): Promise<void> {
    const held = open.get(id);
    open.delete(id);
    await held?.pool.close();
  }

  return {
    async open() {
      const connection = await instance.connect();
      await connection.run('BEGIN TRANSACTION READ ONLY');
      const id = nextId();
      open.set(id, { pool: createPool([connection]), running: null });
      return id;
    },
    run: (id, { text, values }) =>
      use(id, async (held, connection) => {
        held.running = null;
        collect();
        held.running = await connection.run(text, values.map(toDuckDb));
      }),
    next: (id) =>
      use(id, async ({ running }) => {
        const chunk = await running?.fetchChunk();
        return chunk == null || chunk.rowCount === 0 ? null : cellsOf(chunk);
      }),
    close,
    async closeAll() {
      await Promise.all([...open.keys()].map(close));
    },
  };
}
