import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import { writeCommits } from './commit.ts';
import { createMagnitude } from './magnitude.ts';
import { loadNames, type Names } from './names.ts';
import { createPool, type Pool } from './pool.ts';
import type { CommitJob, Engine } from './protocol.ts';
import { acceptRows } from './quarantine.ts';
import { prepareSchema } from './schema.ts';
import { cellsOf, readCells, toDuckDb } from './values.ts';
import { createWriter } from './writer.ts';

interface Opened {
  readonly instance: DuckDBInstance;
  readonly writing: DuckDBConnection;
  readonly readers: Pool;
  readonly names: Names;
  readonly magnitude: Awaited<ReturnType<typeof createMagnitude>>;
}

interface Snapshot {
  readonly connection: DuckDBConnection;
  running: DuckDBResult | null;
}

// Each connection at work holds a thread of libuv's pool of four, which the whole process shares.
const READERS = 2;

// Pages of this many rows sort their order and time alone and fetch the other columns for the winners.
const LATE_ROWS = 25_000;

/** The archive's DuckDB, as it lives in its worker thread: one writer, a few readers, and snapshots. */
export function createEngine(): Engine {
  const snapshots = new Map<number, Snapshot>();
  let opened: Opened | null = null;
  let lastArchivedAt = 0;
  let lastSnapshot = 0;

  function current(): Opened {
    if (opened === null) throw new ArchiveError('archive: it is closed');
    return opened;
  }

  const writer = createWriter(async (jobs) => {
    const { writing, names, magnitude } = current();
    const archivedAt = Math.max(lastArchivedAt + 1, ...jobs.map((job) => job.now));
    const written = await transaction(writing, async () => {
      const results = await writeCommits(writing, commitsOf(jobs), archivedAt);
      const kept = await names.write(
        writing,
        jobs.flatMap((job) => job.names),
      );
      const grown = await magnitude.write(writing, commitsOf(jobs));
      return { results, kept, grown };
    });
    lastArchivedAt = archivedAt;
    written.kept.keep();
    written.grown.keep();
    return written.results;
  });

  function snapshotOf(id: number): Snapshot {
    const snapshot = snapshots.get(id);
    if (snapshot === undefined) throw new ArchiveError('archive: the snapshot is closed');
    return snapshot;
  }

  return {
    async open(path) {
      opened = await openInstance(path);
      lastArchivedAt = await newestArchived(opened.writing);
      return opened.names.all();
    },
    rename(names) {
      return writer.exclusively(async () => {
        const { writing, names: known } = current();
        const kept = await transaction(writing, () => known.write(writing, names));
        kept.keep();
      });
    },
    commit: (job) => writer.commit(job),
    accept({ ids, now }) {
      return writer.exclusively(() => {
        const { writing } = current();
        return transaction(writing, () => acceptRows(writing, ids, now));
      });
    },
    async read({ statement, wide }) {
      const { readers, magnitude } = current();
      const chosen =
        wide !== undefined && (await readers.use((each) => magnitude.isWide(each))) ? wide : statement;
      return readers.use((connection) => readCells(connection, chosen));
    },
    async openSnapshot() {
      const connection = await current().instance.connect();
      await connection.run('BEGIN TRANSACTION READ ONLY');
      lastSnapshot += 1;
      snapshots.set(lastSnapshot, { connection, running: null });
      return lastSnapshot;
    },
    async runIn({ snapshot, statement }) {
      const held = snapshotOf(snapshot);
      held.running = await held.connection.run(statement.text, statement.values.map(toDuckDb));
    },
    async nextOf(snapshot) {
      const chunk = await snapshotOf(snapshot).running?.fetchChunk();
      return chunk == null || chunk.rowCount === 0 ? null : cellsOf(chunk);
    },
    async closeSnapshot(snapshot) {
      const held = snapshots.get(snapshot);
      snapshots.delete(snapshot);
      held?.connection.interrupt();
      held?.connection.closeSync();
    },
    close() {
      return writer.exclusively(async () => {
        const closing = current();
        opened = null;
        for (const { connection } of snapshots.values()) connection.closeSync();
        snapshots.clear();
        closing.readers.close();
        closing.writing.closeSync();
        closing.instance.closeSync();
      });
    },
  };
}

function commitsOf(jobs: readonly CommitJob[]) {
  return jobs.map((job) => job.commit);
}

async function openInstance(path: string): Promise<Opened> {
  // Extensions are never fetched: the archive works without internet, and asks nobody for code.
  const instance = await DuckDBInstance.create(path, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  try {
    const writing = await instance.connect();
    await prepareSchema(writing);
    await writing.run(`SET GLOBAL late_materialization_max_rows = ${LATE_ROWS}`);
    const readers = await Promise.all(Array.from({ length: READERS }, () => instance.connect()));
    return {
      instance,
      writing,
      readers: createPool(readers),
      names: await loadNames(writing),
      magnitude: await createMagnitude(writing),
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function transaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await work();
    await connection.run('COMMIT');
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

async function newestArchived(connection: DuckDBConnection): Promise<number> {
  const result = await connection.runAndReadAll(
    `SELECT coalesce(epoch_ms(max(newest)), 0)::DOUBLE FROM (SELECT max(archived_at) AS newest FROM bets
    UNION ALL SELECT max(archived_at) FROM transfers UNION ALL SELECT max(archived_at) FROM failures)`,
  );
  return Number(result.getRows()[0]?.[0] ?? 0);
}
