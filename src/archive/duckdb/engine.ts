import type { DuckDBBlobValue, DuckDBConnection } from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import type { Commit } from '../archive.ts';
import { asCommit } from '../plan-remap.ts';
import type { Statement } from '../sql/dialect.ts';
import { forgetBatch } from '../sql/forget.ts';
import type { Cell } from '../sql/records.ts';
import { writeCommits } from './commit.ts';
import { type Database, openDatabase } from './database.ts';
import { isFatal } from './faults.ts';
import { allNames } from './names.ts';
import type { Engine, Opening } from './protocol.ts';
import { acceptRows } from './quarantine.ts';
import { writeRemapped } from './remap.ts';
import { statementsOn } from './transacting.ts';
import { transaction } from './transaction.ts';
import { readCells, toDuckDb } from './values.ts';
import { createWriter } from './writer.ts';

/**
 * The archive's DuckDB, as it lives in its worker thread: one writer, a few readers, and snapshots. A fault that
 * DuckDB cannot go on after (a checkpoint on a full disk) closes it; the next call opens it again.
 */
export function createEngine(): Engine {
  const sentRows = new Map<number, Commit['rows']>();
  let opening: Opening | null = null;
  let current: Promise<Database> | null = null;
  let closing: Promise<unknown> = Promise.resolve();
  let lastArchivedAt = 0;
  let lastId = 0;

  function opened(): Promise<Database> {
    if (opening === null) return Promise.reject(new ArchiveError('it is closed'));
    current ??= open(opening);
    return current;
  }

  async function open(wanted: Opening): Promise<Database> {
    await closing;
    try {
      const database = await openDatabase(wanted, () => ++lastId);
      lastArchivedAt = Math.max(lastArchivedAt, database.lastArchivedAt);
      return database;
    } catch (error) {
      current = null;
      throw error;
    }
  }

  async function use<T>(task: (database: Database) => Promise<T>): Promise<T> {
    const using = opened();
    const database = await using;
    try {
      return await task(database);
    } catch (error) {
      if (isFatal(error) && current === using) {
        current = null;
        closing = database.close();
      }
      throw error;
    }
  }

  const writer = createWriter((jobs) =>
    use(async ({ writing, change, names, magnitude }) => {
      const commits = jobs.map((job) => job.commit);
      const archivedAt = Math.max(lastArchivedAt + 1, ...jobs.map((job) => job.now));
      const written = await change(async () => {
        const results = await writeCommits(writing, commits, archivedAt);
        const usernames = jobs.flatMap((job) => job.names);
        const kept = [await names.write(writing, usernames), await magnitude.write(writing, commits)];
        return { results, kept };
      });
      lastArchivedAt = archivedAt;
      for (const each of written.kept) each.keep();
      return written.results;
    }),
  );

  return {
    async open(wanted) {
      opening = wanted;
      return use(async ({ writing, migrated }) => ({ names: await allNames(writing), migrated }));
    },
    rename: (usernames) =>
      writer.exclusively(() =>
        use(async ({ writing, change, names }) => {
          const kept = await change(() => names.write(writing, usernames));
          kept.keep();
        }),
      ),
    async addRows({ ticket, rows }) {
      sentRows.set(ticket, [...(sentRows.get(ticket) ?? []), ...rows]);
    },
    commit(job) {
      if (job.ticket === undefined) return writer.commit(job);
      const rows = sentRows.get(job.ticket) ?? [];
      sentRows.delete(job.ticket);
      return writer.commit({ ...job, commit: { ...job.commit, rows } });
    },
    accept: ({ ids, now }) =>
      writer.exclusively(() => use(({ writing, change }) => change(() => acceptRows(writing, ids, now)))),
    remap: ({ remapping, now }) =>
      writer.exclusively(() =>
        use(async ({ writing, change, magnitude }) => {
          const archivedAt = Math.max(lastArchivedAt + 1, now);
          const { replaced, kept } = await change(async () => ({
            replaced: await writeRemapped(writing, remapping, { now, archivedAt }),
            kept: await magnitude.write(writing, [asCommit(remapping, now)]),
          }));
          lastArchivedAt = archivedAt;
          kept.keep();
          return replaced;
        }),
      ),
    forget: (before) =>
      writer.exclusively(() =>
        use(({ writing, change }) => change(() => forgetBatch(statementsOn(writing), 'rowid', before))),
      ),
    change: (statements) =>
      writer.exclusively(() =>
        use(({ writing, change }) =>
          change(async () => {
            for (const { text, values } of statements) await writing.run(text, values.map(toDuckDb));
          }),
        ),
      ),
    read: ({ statement, wide, end = null }, wanted) =>
      use(({ readers, magnitude }) =>
        readers.use(async (connection) => {
          if (end !== null) {
            return transaction(connection, async () =>
              readCells(connection, await upTo(connection, end, statement)),
            );
          }
          const overflows = wide !== undefined && (await magnitude.isWide(connection));
          return readCells(connection, overflows ? wide : statement);
        }, wanted),
      ),
    readPage: ({ statement, end }, wanted) =>
      use(({ readers }) =>
        readers.use(
          (connection) =>
            transaction(connection, async () => {
              const { text, values } = end === null ? statement : await upTo(connection, end, statement);
              const result = await connection.runAndReadAll(text, values.map(toDuckDb));
              const [count = 0, bytes = null, ...last] = result.getRows()[0] ?? [];
              const none = new Uint8Array();
              return {
                count: Number(count),
                bytes: bytes === null ? none : (bytes as DuckDBBlobValue).bytes,
                last: last as Cell[],
              };
            }),
          wanted,
        ),
      ),
    openSnapshot: (lanes) => use(({ snapshots }) => snapshots.open(lanes)),
    runIn: ({ statement, ...place }) => use(({ snapshots }) => snapshots.run(place, statement)),
    nextOf: (place) => use(({ snapshots }) => snapshots.next(place)),
    linesOf: (place) => use(({ snapshots }) => snapshots.lines(place)),
    closeSnapshot: (snapshot) => use(({ snapshots }) => snapshots.close(snapshot)),
    close: () =>
      writer.exclusively(async () => {
        const last = current;
        opening = null;
        current = null;
        await closing;
        await (await last)?.close();
      }),
  };
}

/** The statement with what `end` answers before its last value; itself where that is null. */
async function upTo(connection: DuckDBConnection, end: Statement, statement: Statement): Promise<Statement> {
  const [[found = null] = []] = await readCells(connection, end);
  if (typeof found !== 'number') return statement;
  return { ...statement, values: [...statement.values.slice(0, -1), found] };
}
