import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { ArchiveError, BadUserInputError } from '../../errors.ts';
import type { PlayerOf } from '../../records/player.ts';
import type { KeptArchive } from '../admin.ts';
import type { Commit, Leases, Orders } from '../archive.ts';
import { noting } from '../heartbeat.ts';
import type { MigrateResult } from '../migrations/plan.ts';
import { writeAuditStatements } from '../sql/audit.ts';
import { writeClockStatements } from '../sql/clock.ts';
import { columnsOfPage } from '../sql/columns.ts';
import { reopenStatements } from '../sql/date-reads.ts';
import type { SqlValue, Statement } from '../sql/dialect.ts';
import { forgetBatch } from '../sql/forget.ts';
import { forgetLedgerStatements, writeMappingStatement } from '../sql/mappings.ts';
import { createReads } from '../sql/reads.ts';
import { type Cells, reversed, toRecords } from '../sql/records.ts';
import { countStatement, pageStatement, readsBackwards } from '../sql/rows.ts';
import { sortedStatement, toSorted } from '../sql/sorted.ts';
import { tableStatement, toTable } from '../sql/table.ts';
import { toTotals, totalsStatement } from '../sql/totals.ts';
import { aboutDatabase } from './about.ts';
import { lockFeed } from './commit.ts';
import { createReleaser } from './departed.ts';
import { postgresDialect } from './dialect.ts';
import { placeOf } from './faults.ts';
import { createPostgresHeartbeat } from './heartbeat.ts';
import { createLeases, forgetDead } from './leases.ts';
import { createLines } from './lines.ts';
import { migrateDatabase, refuseOutdated } from './migrate.ts';
import { createNames, renameOutdated } from './names.ts';
import { createSharedNaming } from './naming.ts';
import { createNews } from './news.ts';
import { createOrders } from './orders.ts';
import { refusePooler } from './pooler.ts';
import { createPools } from './pools.ts';
import { acceptRows } from './quarantine.ts';
import { writeRemapped } from './remap.ts';
import { rolledCountStatement, rolledSource } from './rolled.ts';
import { createPostgresSlots, type PostgresSlots, type SlotsOptions } from './slots.ts';
import { streamRecords } from './stream.ts';
import { statementsOn } from './transacting.ts';
import { createWriter } from './writer.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`; the database is the archive's own. */
  readonly url: string;
  readonly playerOf: PlayerOf;
  /** Milliseconds since the epoch. @default the database's clock, which all processes share */
  readonly clock?: () => number;
  /** Neither migrates nor writes. @default false */
  readonly readOnly?: boolean;
  /** How long a lease lasts that is not renewed; milliseconds. @default 30_000 */
  readonly leaseMs?: number;
  /** Told what opening did to the layout, before anything is read. */
  readonly onMigrated?: (result: MigrateResult) => void;
}

export type PostgresArchive = KeptArchive & {
  readonly leases: Leases;
  readonly orders: Orders;
  /** The pace that all processes at this database share. */
  slots(options: Pick<SlotsOptions, 'monotonic' | 'guardOf'>): PostgresSlots;
};

// A slot that is not given back by then is passed on after its grace.
const SETTLE_MS = 1_000;

/**
 * Opens an archive that several processes share, and brings it to this release's layout first. Rejects with an
 * ArchiveError that says why not: out of reach, refused, written by a newer release.
 */
export async function createPostgresArchive(options: PostgresOptions): Promise<PostgresArchive> {
  const { url, playerOf, clock = null, readOnly = false, leaseMs = 30_000, onMigrated = () => {} } = options;
  const place = placeOf(url);
  const lines = createLines();
  const heartbeat = createPostgresHeartbeat({ url, lines, alongside: createReleaser() });
  const { reads, writes, streams, turns } = createPools({ url, readOnly, heartbeat, lines });
  const news = createNews(url, randomUUID());
  const openStreams = new Set<() => void>();
  const paces: PostgresSlots[] = [];
  let closed = false;

  async function leave(): Promise<void> {
    for (const end of openStreams) end();
    await Promise.race([
      Promise.all(paces.map((each) => each.settled())),
      wait(SETTLE_MS, undefined, { ref: false }),
    ]);
    await Promise.all([reads, writes, streams, turns, news, heartbeat].map((each) => each.close()));
  }

  try {
    await refusePooler(url);
    if (readOnly) await refuseOutdated(url);
    else onMigrated(await migrateDatabase(url));
    if (!readOnly) {
      await renameOutdated(writes, playerOf);
      await forgetDead(turns);
      heartbeat.start();
    }
  } catch (error) {
    await leave();
    throw error;
  }

  const write = createWriter({ database: writes, names: createNames(playerOf), news, clock });

  function whileOpen<T>(work: () => Promise<T>): Promise<T> {
    return closed ? Promise.reject(new ArchiveError(`archive ${place}: it is closed`)) : work();
  }

  // The database cannot be read just now: whether it can is the heartbeat's to find out.
  const onUnread = () => {
    if (!closed) heartbeat.suspect();
  };

  function createReadsOn(wanted?: AbortSignal): Reads {
    const read = (statement: Statement): Promise<Cells> =>
      whileOpen(async () => {
        refuseNul(statement);
        return reads.read(statement, wanted);
      });
    const shared = createReads(postgresDialect, read);
    return {
      ...shared,
      async page(query) {
        const cells = await read(pageStatement(postgresDialect, query));
        return toRecords(query.kind, readsBackwards(query) ? reversed(cells) : cells, columnsOfPage(query));
      },
      async count(query) {
        const rolled = rolledCountStatement(postgresDialect, query);
        return Number((await read(rolled ?? countStatement(postgresDialect, query)))[0]?.[0]);
      },
      async totals(query) {
        const rolled = rolledSource(query) ?? undefined;
        return toTotals(query, await read(totalsStatement(postgresDialect, query, false, rolled)));
      },
      async sorted(query) {
        return toSorted(query.kind, await read(sortedStatement(postgresDialect, query)));
      },
      async table(query) {
        const { columns, ...statement } = tableStatement(postgresDialect, query, false);
        return toTable({ columns, ...statement }, await read(statement));
      },
      byKeys(kind, ids) {
        const possible = ids.filter(({ account, key }) => !account.includes('\0') && !key.includes('\0'));
        return shared.byKeys(kind, possible);
      },
      stream: (query) => streamRecords(streams, place, openStreams, query),
      about: () => aboutDatabase(read),
    };
  }

  const run = (statements: readonly Statement[]) =>
    whileOpen(() =>
      writes.transaction(async (client) => {
        for (const { text, values } of statements) await client.query(text, [...values]);
      }),
    );

  const changes: Changes = {
    heartbeat,
    commit: (commit) => whileOpen(() => noting(heartbeat, write(commit as Commit))),
    reopen: (account, kinds, reopening) =>
      whileOpen(() =>
        writes.transaction(async (client) => {
          // No commit of these feeds is under way then: each one before is seen here, each one after sees the measures.
          for (const kind of kinds.toSorted()) await lockFeed(client, { account, kind });
          const { run } = statementsOn(client);
          for (const statement of reopenStatements(postgresDialect, account, kinds, reopening))
            await run(statement);
        }),
      ),
    writeClock: (account, measures) => run(writeClockStatements(postgresDialect, account, measures)),
    writeMapping: (mapping) => run([writeMappingStatement(postgresDialect, mapping)]),
    remap: (remapping) =>
      whileOpen(() =>
        writeRemapped(writes, remapping, { now: (clock ?? Date.now)(), archivedAt: clock?.() ?? null }),
      ),
    forgetLedger: (feed) => run(forgetLedgerStatements(postgresDialect, feed)),
    forget: (before) =>
      whileOpen(() => writes.transaction((client) => forgetBatch(statementsOn(client), 'ctid', before))),
    rename: () => whileOpen(() => renameOutdated(writes, playerOf)),
    acceptQuarantined: (ids) =>
      whileOpen(() => writes.transaction((client) => acceptRows(client, ids, (clock ?? Date.now)()))),
    writeAudit: (records, keepFrom) => run(writeAuditStatements(postgresDialect, records, keepFrom)),
    leases: createLeases({ database: turns, news, ttlMs: leaseMs }),
    orders: createOrders(turns, news, { whileOpen, onUnread }),
    naming: createSharedNaming(turns, news, { whileOpen, onUnread }),
    slots(pacing) {
      const slots = createPostgresSlots({ database: turns, news, ...pacing });
      paces.push(slots);
      return slots;
    },
    async close() {
      if (closed) return;
      closed = true;
      await leave();
    },
  };
  return {
    ...createReadsOn(),
    ...changes,
    readsFor: (wanted) => ({ ...createReadsOn(wanted), ...changes }),
  };
}

type Changes = Pick<
  PostgresArchive,
  | 'heartbeat'
  | 'commit'
  | 'reopen'
  | 'rename'
  | 'forget'
  | 'writeMapping'
  | 'remap'
  | 'forgetLedger'
  | 'acceptQuarantined'
  | 'writeAudit'
  | 'writeClock'
  | 'leases'
  | 'orders'
  | 'naming'
  | 'slots'
  | 'close'
>;
type Reads = Omit<KeptArchive, keyof Changes>;

/** PostgreSQL's text cannot hold NUL, so no row can have it either. */
function refuseNul({ values }: Statement): void {
  const isNul = (value: SqlValue): boolean =>
    typeof value === 'string' ? value.includes('\0') : typeof value === 'object' && value.some(isNul);
  if (values.some(isNul)) throw new BadUserInputError('filter: expected text without NUL characters');
}
