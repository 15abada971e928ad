import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ArchiveError } from '../../errors.ts';
import type { PlayerOf } from '../../records/player.ts';
import type { PageQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { KeptArchive } from '../admin.ts';
import type { Commit, FeedKey, StoredRecord, Username } from '../archive.ts';
import { noting } from '../heartbeat.ts';
import { createHeldLedger } from '../held-ledger.ts';
import type { MigrateResult } from '../migrations/plan.ts';
import { writeAuditStatements } from '../sql/audit.ts';
import { writeClockStatements } from '../sql/clock.ts';
import { columnsOfPage } from '../sql/columns.ts';
import { partsStatement, toFeedParts } from '../sql/coverage.ts';
import { reopenStatements } from '../sql/date-reads.ts';
import { forgetLedgerStatements, writeMappingStatement } from '../sql/mappings.ts';
import { createReads } from '../sql/reads.ts';
import { reversed, toRecords } from '../sql/records.ts';
import {
  countStatement,
  narrowPageStatement,
  pageEndStatement,
  pageStatement,
  readsBackwards,
} from '../sql/rows.ts';
import { sortedStatement, toSorted } from '../sql/sorted.ts';
import { tableStatement, toTable } from '../sql/table.ts';
import { toTotals, totalsStatement } from '../sql/totals.ts';
import { aboutFile } from './about.ts';
import { duckDbDialect } from './dialect.ts';
import { explainFault } from './faults.ts';
import { copyParquet, readJsonPage, streamLines } from './flat.ts';
import { createDuckDbHeartbeat } from './heartbeat.ts';
import { keepPrivate } from './private-files.ts';
import type { ReadJob } from './protocol.ts';
import { createReach, type Reach } from './reach.ts';
import { createSender } from './sender.ts';
import { streamRecords } from './stream.ts';
import { startThread, type Thread } from './thread.ts';

export interface DuckDbOptions {
  /** The archive's file, made with its folders where there is none, or `:memory:`. */
  readonly path: string;
  readonly playerOf: PlayerOf;
  /** What DuckDB may take for itself; of no account for `:memory:`. @default 512 */
  readonly memoryMb?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
  /** Told what opening did to the layout, before anything is read. */
  readonly onMigrated?: (result: MigrateResult) => void;
}

// DuckDB's lock keeps other processes out but not a second opening in this one, which would ruin the file.
const openPaths = new Set<string>();

/**
 * Opens the archive of one process, in a worker thread of its own. Rejects with an ArchiveError that says why:
 * held by another process (and which), unreadable, no archive, written by a newer release.
 */
export async function createDuckDbArchive(options: DuckDbOptions): Promise<KeptArchive> {
  const { playerOf, memoryMb = 512, clock = Date.now, onMigrated = () => {} } = options;
  const path = await claim(options.path);
  const thread = startThread((fault) => explainFault(options.path, fault));
  let closed = false;

  async function leave(): Promise<void> {
    await thread.stop();
    openPaths.delete(path);
  }

  try {
    const { names, migrated } = await thread.call('open', { path, memoryMb });
    onMigrated(migrated);
    await renameOutdated(thread, names, playerOf);
  } catch (error) {
    await leave();
    throw error;
  }

  const refused = () => Promise.reject(new ArchiveError(`archive ${options.path}: it is closed`));
  const call: Thread['call'] = (method, argument, wanted) =>
    closed ? refused() : watched(thread.call(method, argument, wanted));
  const sender = createSender(thread.call);

  const heartbeat = createDuckDbHeartbeat(options.path, path, call);
  heartbeat.start();
  /** A read that finds the file damaged tells it of all. */
  async function watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof ArchiveError && error.lasting) heartbeat.refused(error);
      throw error;
    }
  }
  const ledger = createHeldLedger({
    load: async (feeds, from) =>
      toFeedParts(await call('read', { statement: partsStatement(duckDbDialect, feeds, from) })),
  });
  /** Forgets before anybody hears of the change, and after a failure too: what it left is not known here. */
  async function changing<T>(feed: FeedKey | null, change: Promise<T>): Promise<T> {
    try {
      return await change;
    } finally {
      ledger.forget(feed);
    }
  }

  const reach = createReach();
  const { usernames } = createReadsOn(call, reach);
  const changes: Changes = {
    heartbeat,
    commit: (commit) =>
      closed
        ? refused()
        : changing(commit, noting(heartbeat, sender.send(commit, clock(), namesOf(commit, playerOf)))),
    writeAudit: (records, keepFrom) => call('change', writeAuditStatements(duckDbDialect, records, keepFrom)),
    writeClock: (account, measures) => call('change', writeClockStatements(duckDbDialect, account, measures)),
    reopen: (account, kinds, reopening) =>
      changing(null, call('change', reopenStatements(duckDbDialect, account, kinds, reopening))),
    forget: (before) => call('forget', before),
    writeMapping: (mapping) => call('change', [writeMappingStatement(duckDbDialect, mapping)]),
    remap: (remapping) => call('remap', { remapping, now: clock() }),
    forgetLedger: (feed) => changing(feed, call('change', forgetLedgerStatements(duckDbDialect, feed))),
    rename: async () => renameOutdated({ call }, await usernames(null), playerOf),
    acceptQuarantined: (ids) => changing(null, call('accept', { ids, now: clock() })),
    async close() {
      if (closed) return;
      closed = true;
      heartbeat.close();
      try {
        await sender.sent();
        await thread.call('close', undefined);
      } finally {
        await leave();
      }
    },
  };
  const { coverage } = ledger;
  return {
    ...createReadsOn(call, reach),
    coverage: (feeds, range) => (closed ? refused() : coverage(feeds, range)),
    about: () => aboutFile(path, (statement) => call('read', { statement })),
    ...changes,
    readsFor: (wanted) => ({
      ...createReadsOn(wantedCalls(call, wanted), reach),
      coverage: (feeds, range) => (wanted.aborted ? Promise.reject(wanted.reason) : coverage(feeds, range)),
      ...changes,
    }),
  };
}

type Changes = Pick<
  KeptArchive,
  | 'forget'
  | 'writeMapping'
  | 'remap'
  | 'forgetLedger'
  | 'heartbeat'
  | 'commit'
  | 'writeAudit'
  | 'writeClock'
  | 'reopen'
  | 'acceptQuarantined'
  | 'rename'
  | 'close'
>;

/** Calls that are given up with the signal; a snapshot that is opened is closed all the same. */
function wantedCalls(call: Thread['call'], wanted: AbortSignal): Thread['call'] {
  return (method, argument) =>
    method === 'openSnapshot' || method === 'closeSnapshot'
      ? call(method, argument)
      : call(method, argument, wanted);
}

/** Everything that reads, by calls of the engine. */
function createReadsOn(call: Thread['call'], reach: Reach): Omit<KeptArchive, keyof Changes | 'about'> {
  async function pageOf<K extends RecordKind>(
    query: PageQuery & { readonly kind: K },
    job: ReadJob,
  ): Promise<readonly StoredRecord<K>[]> {
    const cells = await call('read', job);
    return toRecords(query.kind, readsBackwards(query) ? reversed(cells) : cells, columnsOfPage(query));
  }
  return {
    ...createReads(duckDbDialect, (statement) => call('read', { statement })),
    async page(query) {
      for (const range of reach.likely(query)) {
        const statement = narrowPageStatement(duckDbDialect, { ...query, range });
        const rows = await pageOf(query, { statement });
        if (rows.length < query.limit) continue;
        reach.note(query, rows);
        return rows;
      }
      const statement = pageStatement(duckDbDialect, query);
      const rows = await pageOf(query, { statement, end: pageEndStatement(duckDbDialect, query) });
      reach.note(query, rows);
      return rows;
    },
    async count(query) {
      const cells = await call('read', { statement: countStatement(duckDbDialect, query) });
      return Number(cells[0]?.[0]);
    },
    async totals(query) {
      const cells = await call('read', {
        statement: totalsStatement(duckDbDialect, query, false),
        wide: totalsStatement(duckDbDialect, query, true),
      });
      return toTotals(query, cells);
    },
    async sorted(query) {
      const statement = sortedStatement(duckDbDialect, query);
      return toSorted(query.kind, await call('read', { statement }));
    },
    async table(query) {
      const { columns, ...statement } = tableStatement(duckDbDialect, query, false);
      const { columns: _, ...wide } = tableStatement(duckDbDialect, query, true);
      return toTable({ columns, ...statement }, await call('read', { statement, wide }));
    },
    stream: (query) => streamRecords(call, query),
    writeLines: (query, form, format) => streamLines(call, query, form, format),
    writePage: (query, form, decimals) => readJsonPage(call, query, form, decimals),
    writeParquet: (query, form, path, signal) => copyParquet(call, query, form, { path, signal }),
  };
}

/** The real path, held by this archive alone in this process; its folders are made. */
async function claim(path: string): Promise<string> {
  if (path === ':memory:') return path;
  const wanted = resolve(path);
  try {
    await mkdir(dirname(wanted), { recursive: true, mode: 0o700 });
    const real = join(await realpath(dirname(wanted)), basename(wanted));
    if (openPaths.has(real)) throw new ArchiveError(`archive ${path}: it is open in this process already`);
    await keepPrivate(real);
    openPaths.add(real);
    return real;
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw explainFault(path, error instanceof Error ? error.message : String(error));
  }
}

/** An edit of the operator's naming rewrites no row: only the names that changed are written. */
async function renameOutdated(
  thread: Pick<Thread, 'call'>,
  known: readonly Username[],
  playerOf: PlayerOf,
): Promise<void> {
  const outdated = known
    .map((name) => ({ ...name, player: playerOf(name.account, name.username) }))
    .filter((name, index) => name.player !== known[index]?.player);
  if (outdated.length > 0) await thread.call('rename', outdated);
}

function namesOf(commit: Commit, playerOf: PlayerOf): Username[] {
  const usernames = new Set(commit.rows.map((row) => row.providerUsername));
  return [...usernames].map((username) => ({
    account: commit.account,
    username,
    player: playerOf(commit.account, username),
  }));
}
