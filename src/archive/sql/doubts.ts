import {
  confirmAfterOf,
  type Doubt,
  type Doubting,
  judge,
  type LookedAt,
  type Verdicts,
} from '../../records/contradiction.ts';
import { type Interval, subtract } from '../../records/interval.ts';
import { tableName } from '../../records/shape.ts';
import type { Commit, FeedDoubt, FeedKey } from '../archive.ts';
import type { LedgerPart } from '../ledger.ts';
import { ledgerStatement, toLedger } from './admin.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';

/** An open transaction, as far as doubts need it. */
export interface Transacting {
  readonly dialect: Dialect;
  read(statement: Statement): Promise<Cells>;
  run(statement: Statement): Promise<void>;
  /** Copies the versions that stand under these keys into the history, as known until `until` (milliseconds). */
  keepVersions(keys: readonly string[], until: number): Promise<void>;
  /** Adds the rows under these keys to whatever sums are kept, or takes them out. */
  recount(keys: readonly string[], sign: 1 | -1): Promise<void>;
}

/** What a commit read and found, as far as doubts need it. */
export interface Reading {
  readonly commit: Commit;
  /** Rows of the read that stood before it, withdrawn or not. */
  readonly listed: readonly LookedAt[];
  /** Every key of the read. */
  readonly keys: readonly string[];
  /** Where it is the latest read. */
  readonly latest: readonly Interval[];
  /** The feed's ledger parts that the read was laid over, as they were. */
  readonly before: readonly LedgerPart[];
}

const nothingDecided: Verdicts = { doubts: [], cleared: [], withdraw: [], restore: [] };

/** A row that stands where a read is the latest one, and is not in it. */
export interface UnlistedRow extends LookedAt {
  /** Whether it is marked so already. */
  readonly isMarked: boolean;
}

/** The provider's time of a read; where it sends none, ours. */
function providerTimeOf({
  readAt,
  providerAt,
}: {
  readonly readAt: number;
  readonly providerAt?: number | null;
}) {
  return providerAt ?? readAt;
}

/** The rows that a read does not list where it is the latest; none where it could not read all it was given. */
export async function unlistedRows(
  on: Transacting,
  { commit, keys, latest }: Reading,
): Promise<readonly UnlistedRow[]> {
  const { account, kind, readAt, quarantined } = commit;
  // A row set aside without a readable key may be any of those not listed.
  if (quarantined.some(({ key }) => key == null)) return [];
  const listed = [...keys, ...quarantined.flatMap(({ key }) => key ?? [])];
  const found: UnlistedRow[] = [];
  for (const { from, to } of latest) {
    const binder = createBinder(on.dialect);
    const [start, end] = [binder.bind('time', from), binder.bind('time', to)];
    const common = `account = ${binder.bind('text', account)} AND withdrawn_at IS NULL
      AND read_at < ${binder.bind('time', readAt)} AND key NOT IN (SELECT unnest(${binder.bind('texts', listed)}))`;
    // Two selections rather than an OR: each leaves out what lies elsewhere.
    const select = (time: string, own: string) =>
      `SELECT key, ${on.dialect.cell(time, 'time')}, vanished_at IS NOT NULL FROM ${tableName[kind]}
      WHERE ${common} AND ${own}${time} >= ${start} AND ${time} < ${end}`;
    const text = `${select('counted_at', 'axis_at IS NULL AND ')} UNION ALL ${select('axis_at', '')}`;
    for (const [key, axisAt, isMarked] of rowsOf(await on.read({ text, values: binder.values }))) {
      found.push({ key: String(key), axisAt: Number(axisAt), isMarked: isMarked === true });
    }
  }
  return found;
}

/** Marks rows that a read does not list; returns how many were not marked before. */
export async function markVanished(
  on: Transacting,
  { account, kind, readAt }: Commit,
  unlisted: readonly UnlistedRow[],
): Promise<number> {
  const keys = unlisted.filter(({ isMarked }) => !isMarked).map(({ key }) => key);
  if (keys.length === 0) return 0;
  const binder = createBinder(on.dialect);
  const text = `UPDATE ${tableName[kind]} SET vanished_at = ${binder.bind('time', readAt)}
    WHERE account = ${binder.bind('text', account)} AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
  await on.run({ text, values: binder.values });
  return keys.length;
}

/** Decides what a commit says of rows in doubt, once its interval lies in the ledger. */
export async function judgeReading(
  on: Transacting,
  reading: Reading,
  unlisted: readonly UnlistedRow[],
): Promise<Verdicts> {
  const { commit, listed, before } = reading;
  const { doubting, readAt } = commit;
  const known = await doubtsOf(on, commit);
  const missed = doubting === undefined ? [] : unlisted.map(({ key, axisAt }) => ({ key, axisAt }));
  if (missed.length === 0 && !listed.some(({ key }) => known.has(key))) return nothingDecided;
  const may = doubting ?? nowhere;
  const held = await heldSpans(on, commit, movedSpans(missed, known, may, readAt), may.settlementLag);
  return judge({
    doubting: may,
    readAt,
    providerAt: providerTimeOf(commit),
    listed,
    unlisted: missed,
    doubts: known,
    listedAtOf: ({ axisAt }) => {
      const part = before.find(({ from, to }) => from <= axisAt && axisAt < to);
      return part === undefined ? readAt : providerTimeOf(part);
    },
    holds: (span) => subtract(span, held).length === 0,
    isProvenByNeighbour:
      missed.length > 0 && listed.length === 0 && (await isProvenByNeighbour(on, commit, may)),
  });
}

/** How many rows verdicts put in doubt, withdraw and restore. */
export function countVerdicts({ doubts, withdraw, restore }: Verdicts) {
  const contradicted = doubts.filter(({ state }) => state === 'CONTRADICTED').length;
  return { contradicted, withdrawn: withdraw.length, restored: restore.length };
}

/** Of a read that may contradict nothing. */
const nowhere: Doubting = { within: { from: 0, to: 0 }, settlementLag: 0, confirmAfter: 0, byAdmin: false };

/**
 * Carries verdicts out, with `at` as the time of archiving of what they change. Rows whose keys were `written` by the
 * commit stand again as they were listed.
 */
export async function applyVerdicts(
  on: Transacting,
  { account, kind, readAt, doubting }: Commit,
  { doubts, cleared, withdraw, ...verdicts }: Verdicts,
  written: ReadonlySet<string>,
  at: number,
): Promise<void> {
  const restore = verdicts.restore.filter((key) => !written.has(key));
  const moving = [...withdraw, ...restore];
  if (moving.length > 0) await on.keepVersions(moving, readAt);
  const change = async (
    keys: readonly string[],
    set: (binder: ReturnType<typeof createBinder>) => string,
  ) => {
    if (keys.length === 0) return;
    const binder = createBinder(on.dialect);
    const text = `UPDATE ${tableName[kind]} SET ${set(binder)} WHERE account = ${binder.bind('text', account)}
      AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
    await on.run({ text, values: binder.values });
  };
  if (withdraw.length > 0) await on.recount(withdraw, -1);
  const cause = doubting?.byAdmin === true ? "'ADMIN'" : 'NULL';
  await change(withdraw, (binder) => {
    const now = binder.bind('time', at);
    return `archived_at = ${now}, withdrawn_at = ${now}, change = 'WITHDRAWN', cause = ${cause}`;
  });
  await change(
    restore,
    (binder) =>
      `archived_at = ${binder.bind('time', at)}, withdrawn_at = NULL, vanished_at = NULL, change = 'RESTORED', cause = NULL`,
  );
  if (restore.length > 0) await on.recount(restore, 1);
  await forget(on, { account, kind }, [...cleared, ...doubts.map(({ key }) => key)]);
  for (const doubt of doubts) await remember(on, { account, kind }, doubt);
}

async function forget(on: Transacting, { account, kind }: FeedKey, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const binder = createBinder(on.dialect);
  const text = `DELETE FROM doubts WHERE account = ${binder.bind('text', account)} AND kind = ${binder.bind('text', kind)}
    AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
  await on.run({ text, values: binder.values });
}

const columns = [
  ...[
    'account',
    'kind',
    'key',
    'axis_at',
    'state',
    'listed_at',
    'missed_at',
    'missed_read_at',
    'restorations',
  ],
  'awaits_admin',
];

async function remember(on: Transacting, { account, kind }: FeedKey, doubt: Doubt): Promise<void> {
  const binder = createBinder(on.dialect);
  const { key, axisAt, state, listedAt, missedAt, missedReadAt, restorations, awaitsAdmin } = doubt;
  const values = [
    ...[account, kind, key].map((text) => binder.bind('text', text)),
    binder.bind('int', axisAt),
    binder.bind('text', state),
    ...[listedAt, missedAt, missedReadAt, restorations].map((count) => binder.bind('int', Math.trunc(count))),
    binder.bind('bool', awaitsAdmin),
  ];
  await on.run({
    text: `INSERT INTO doubts (${columns.join(', ')}) VALUES (${values.join(', ')})`,
    values: binder.values,
  });
}

/** Doubts of some accounts about rows of a span. */
export function doubtsStatement(
  dialect: Dialect,
  accounts: readonly string[],
  { from, to }: Interval,
): Statement {
  const binder = createBinder(dialect);
  const text = `${selectDoubts(dialect)} WHERE ${binder.oneOf('account', 'text', accounts)} AND state = 'CONTRADICTED'
    AND axis_at >= ${binder.bind('int', from)} AND axis_at < ${binder.bind('int', to)} ORDER BY axis_at, key`;
  return { text, values: binder.values };
}

export function toDoubts(cells: Cells): FeedDoubt[] {
  return rowsOf(cells).map(
    ([account, kind, key, axisAt, state, listedAt, missedAt, missedReadAt, restorations, awaitsAdmin]) => ({
      account: String(account),
      kind: kind as FeedKey['kind'],
      key: String(key),
      axisAt: Number(axisAt),
      state: state as Doubt['state'],
      listedAt: Number(listedAt),
      missedAt: Number(missedAt),
      missedReadAt: Number(missedReadAt),
      restorations: Number(restorations),
      awaitsAdmin: awaitsAdmin === true,
    }),
  );
}

function selectDoubts(dialect: Dialect): string {
  const cells = columns.map((name) => (/_at$|^restorations$/.test(name) ? dialect.cell(name, 'int') : name));
  return `SELECT ${cells.join(', ')} FROM doubts`;
}

/** A feed has few: rows it was in doubt of, withdrawn or restored. */
async function doubtsOf(on: Transacting, { account, kind }: FeedKey): Promise<ReadonlyMap<string, Doubt>> {
  const binder = createBinder(on.dialect);
  const text = `${selectDoubts(on.dialect)} WHERE account = ${binder.bind('text', account)} AND kind = ${binder.bind('text', kind)}`;
  const found = toDoubts(await on.read({ text, values: binder.values }));
  return new Map(found.map(({ account: _, kind: __, ...doubt }) => [doubt.key, doubt]));
}

/** Where the rows that may be confirmed now can have moved to. */
function movedSpans(
  unlisted: readonly LookedAt[],
  known: ReadonlyMap<string, Doubt>,
  { settlementLag, confirmAfter }: Doubting,
  readAt: number,
): Interval[] {
  return unlisted.flatMap(({ key }) => {
    const doubt = known.get(key);
    if (doubt?.state !== 'CONTRADICTED') return [];
    if (readAt - doubt.missedReadAt < confirmAfterOf(doubt, confirmAfter)) return [];
    return [{ from: doubt.listedAt - settlementLag, to: doubt.missedAt }];
  });
}

/** What the feed's ledger holds, by the provider's time of each read less the lag, within the hull of some spans. */
async function heldSpans(
  on: Transacting,
  feed: FeedKey,
  spans: readonly Interval[],
  settlementLag: number,
): Promise<Interval[]> {
  if (spans.length === 0) return [];
  const hull = {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
  };
  const parts = toLedger(await on.read(ledgerStatement(on.dialect, feed, hull)));
  return parts.map((part) => ({
    from: part.from,
    to: Math.min(part.to, providerTimeOf(part) - settlementLag),
  }));
}

// A provider that forgot all of a day would hardly remember the hour before.
const NEIGHBOURHOOD_MS = 86_400_000;

/** Whether a read of about the same time of an older window of the neighbourhood lists rows. */
async function isProvenByNeighbour(
  on: Transacting,
  { account, kind, interval, readAt }: Commit,
  { confirmAfter }: Doubting,
): Promise<boolean> {
  if (interval === null) return false;
  const older = { from: interval.from - NEIGHBOURHOOD_MS, to: interval.from };
  const parts = toLedger(await on.read(ledgerStatement(on.dialect, { account, kind }, older)));
  const since = readAt - Math.max(confirmAfter, 2 * (interval.to - interval.from));
  return parts.some((part) => part.to <= interval.from && (part.rows ?? 0) > 0 && part.readAt >= since);
}
