import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CommitResult } from '../../archive/archive.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { Plan } from '../../feeds/schedule.ts';

const series = [
  {
    name: 'countroom_feed_missing_seconds',
    help: 'Time since sync.since that is not held and can still be had',
    of: (plan: Plan) => plan.missingMs,
  },
  {
    name: 'countroom_feed_expiring_seconds',
    help: 'Missing time that the provider drops within a day',
    of: (plan: Plan) => plan.expiringMs,
  },
  {
    name: 'countroom_feed_lost_seconds',
    help: 'Missing time since sync.since that the provider no longer gives',
    of: (plan: Plan) => plan.lostMs,
  },
] as const;

/** What sync last planned for each feed, as series; absent before its first plan. */
export function registerSyncMetrics(
  registry: Registry,
  feeds: () => readonly Feed[],
  planOf: (feed: Feed) => Plan | null,
): void {
  for (const { name, help, of } of series) {
    new Gauge({
      name,
      help,
      labelNames: ['account', 'kind'] as const,
      registers: [registry],
      collect() {
        for (const feed of feeds()) {
          const plan = planOf(feed);
          if (plan !== null) this.set({ account: feed.account.id, kind: feed.kind }, of(plan) / 1_000);
        }
      },
    });
  }
}

const changes = [
  ...['inserted', 'late', 'changed', 'moved', 'vanished'],
  ...['contradicted', 'withdrawn', 'restored'],
] as const satisfies readonly (keyof CommitResult)[];

/** Sets each feed's series of changes to 0, so that the first change is seen to be one. */
function startAtZero(counter: Counter<'account' | 'kind' | 'change'>, feeds: readonly Feed[]): void {
  for (const { account, kind } of feeds)
    for (const change of changes) counter.inc({ account: account.id, kind, change }, 0);
}

/**
 * Counts what commits did to rows, by feed and sort of change; moved ones are changed, late ones inserted as well. The
 * series of `feeds` are there at once.
 */
export function createRowCounter(
  registry: Registry,
  feeds: readonly Feed[] = [],
): (feed: Feed, result: CommitResult) => void {
  const rows = new Counter({
    name: 'countroom_rows_total',
    help: 'Rows written, by what happened: inserted (of them late), changed (of them moved), vanished, contradicted, withdrawn, restored',
    labelNames: ['account', 'kind', 'change'] as const,
    registers: [registry],
  });
  startAtZero(rows, feeds);
  return ({ account, kind }, result) => {
    for (const change of changes) rows.inc({ account: account.id, kind, change }, result[change]);
  };
}

/** Counts what audits read and what they found changed, by feed; give it each piece that an audit had read. Those of `feeds` are there at once. */
export function createAuditMetric(
  registry: Registry,
  feeds: readonly Feed[] = [],
): (feed: Feed, result: CommitResult) => void {
  const registers = [registry];
  const labelNames = ['account', 'kind'] as const;
  const reads = new Counter({
    name: 'countroom_audit_reads_total',
    help: 'Reads of final intervals that were made to see whether anything had changed',
    labelNames,
    registers,
  });
  const rows = new Counter({
    name: 'countroom_audit_rows_total',
    help: 'Rows such reads found other than they were, by what happened, as in countroom_rows_total',
    labelNames: [...labelNames, 'change'] as const,
    registers,
  });
  startAtZero(rows, feeds);
  return ({ account, kind }, result) => {
    reads.inc({ account: account.id, kind });
    for (const change of changes) rows.inc({ account: account.id, kind, change }, result[change]);
  };
}

/** Says how many rows wait for an admin: as a series, and in the log whenever there are more than before. */
export function createAwaitingNote(registry: Registry, logger: Logger): (rows: number) => void {
  const gauge = new Gauge({
    name: 'countroom_rows_awaiting_admin',
    help: 'Rows their provider no longer lists, too many at once or too often to be withdrawn without an admin',
    registers: [registry],
  });
  let known = 0;
  return (rows) => {
    gauge.set(rows);
    if (rows > known)
      logger.warn({ rows }, 'rows are no longer listed: look at the provider, then reread their time');
    known = rows;
  };
}

/** Tells how late rows were first listed, by feed, wherever that can be told; give it what each commit did. */
export function createLatenessMetric(registry: Registry): (feed: Feed, result: CommitResult) => void {
  const seconds = new Histogram({
    name: 'countroom_row_lateness_seconds',
    help: 'How long after its time a row was first listed, at the most: by the provider’s clock, of rows looked for in time',
    labelNames: ['account', 'kind'] as const,
    buckets: [1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 300, 600, 1_800, 3_600, 21_600, 86_400],
    registers: [registry],
  });
  return ({ account, kind }, { lateness = [] }) => {
    for (const { withinMs, rows } of lateness)
      for (let row = 0; row < rows; row += 1)
        seconds.observe({ account: account.id, kind }, withinMs / 1_000);
  };
}
