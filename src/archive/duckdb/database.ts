import type { DuckDBConnection } from '@duckdb/node-api';
import type { MigrateResult } from '../migrations/plan.ts';
import { createMagnitude, type Magnitude } from './magnitude.ts';
import { openMigrated, withoutExtensions } from './migrate.ts';
import { createNames, type Names } from './names.ts';
import { createPool, type Pool } from './pool.ts';
import type { Opening } from './protocol.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { transaction } from './transaction.ts';
import { createTurns } from './turns.ts';

/** One opening of the archive's file. */
export interface Database {
  readonly writing: DuckDBConnection;
  readonly readers: Pool;
  readonly snapshots: Snapshots;
  readonly names: Names;
  readonly magnitude: Magnitude;
  /** The latest time of archiving there is, in milliseconds; 0 in an empty archive. */
  readonly lastArchivedAt: number;
  /** What opening it did to its layout. */
  readonly migrated: MigrateResult;
  /** Runs work in one transaction of the writing connection: all of it, or nothing. */
  change<T>(work: () => Promise<T>): Promise<T>;
  /** Stops what is read and lets the file go. */
  close(): Promise<void>;
}

// Each connection at work holds a thread of libuv's pool of four, which the whole process shares.
const READERS = 2;

// As long as a statement may take on PostgreSQL.
const READ_MS = 60_000;

// Pages of up to this many rows sort their order alone and fetch the other columns for the rows that won; for
// longer ones that takes many times as long as sorting whole rows.
const LATE_ROWS = 2_000;

// A checkpoint rewrites what was written since the last: with DuckDB's own 16 MB that is every second window of 20,000
// rows, which takes a quarter longer, twice the room in the file and 200 MB more memory. Opening it after a crash reads
// this log again, in a fifth of a second.
const CHECKPOINT_AT = '64MB';

/** Opens the archive, makes its tables where it is new, and brings those of an older release to this one's layout. */
export async function openDatabase({ path, memoryMb }: Opening, nextId: () => number): Promise<Database> {
  const {
    instance,
    connection: writing,
    migrated,
  } = await openMigrated(path, {
    ...withoutExtensions,
    // What has no file has nowhere to go but memory.
    ...(path === ':memory:' ? {} : { memory_limit: `${memoryMb}MB` }),
  });
  try {
    await writing.run(`SET GLOBAL checkpoint_threshold = '${CHECKPOINT_AT}'`);
    await writing.run(`SET GLOBAL late_materialization_max_rows = ${LATE_ROWS}`);
    const connections = await Promise.all(Array.from({ length: READERS }, () => instance.connect()));
    const readers = createPool(connections, { limitMs: READ_MS });
    const inTurn = createTurns();
    const snapshots = createSnapshots(instance, nextId, inTurn);
    return {
      writing,
      readers,
      snapshots,
      names: createNames(),
      magnitude: await createMagnitude(writing),
      lastArchivedAt: await newestArchived(writing),
      migrated,
      // A commit waits for its turn: between the beginnings of one snapshot's connections there must be none.
      change: (work) => transaction(writing, work, inTurn),
      async close() {
        await Promise.all([snapshots.closeAll(), readers.close()]);
        writing.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function newestArchived(connection: DuckDBConnection): Promise<number> {
  const result = await connection.runAndReadAll(
    `SELECT coalesce(epoch_ms(max(newest)), 0)::DOUBLE FROM (SELECT max(archived_at) AS newest FROM bets
    UNION ALL SELECT max(archived_at) FROM transfers UNION ALL SELECT max(archived_at) FROM failures)`,
  );
  return Number(result.getRows()[0]?.[0] ?? 0);
}
