import {
  confirmAfterOf,
  type Doubt,
  type Doubting,
  judge,
  type LookedAt,
  type Verdicts,
} from '../../records/contradiction.ts';
import { joinAtEdges, withEdges } from '../../records/edges.ts';
import { type Interval, subtract } from '../../records/interval.ts';
import { tableName } from '../../records/shape.ts';
import type { Commit, FeedKey } from '../archive.ts';
import type { LedgerPart } from '../ledger.ts';
import { ledgerStatement, toLedger } from './admin.ts';
import { createBinder } from './dialect.ts';
import { doubtsOf } from './doubts.ts';
import { rowsOf } from './records.ts';
import type { Transacting } from './transacting.ts';

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

/** A row that stands where a read is the latest one, and is not in it. */
export interface UnlistedRow extends LookedAt {
  /** Whether it is marked so already. */
  readonly isMarked: boolean;
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

const nothingDecided: Verdicts = { doubts: [], cleared: [], withdraw: [], restore: [] };

/** Rows that stand and were set aside by this read under keys that could be read: they were listed, if not read. */
async function setAsideRows(
  on: Transacting,
  { account, kind, readAt, quarantined }: Commit,
): Promise<LookedAt[]> {
  const keys = quarantined.flatMap(({ key }) => key ?? []);
  if (keys.length === 0) return [];
  const binder = createBinder(on.dialect);
  const axisAt = on.dialect.cell('coalesce(axis_at, counted_at)', 'time');
  const text = `SELECT key, ${axisAt} FROM ${tableName[kind]} WHERE account = ${binder.bind('text', account)}
    AND withdrawn_at IS NULL AND read_at < ${binder.bind('time', readAt)}
    AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
  const found = rowsOf(await on.read({ text, values: binder.values }));
  return found.map(([key, at]) => ({ key: String(key), axisAt: Number(at) }));
}

/** Decides what a commit says of rows in doubt, once its interval lies in the ledger. */
export async function judgeReading(
  on: Transacting,
  reading: Reading,
  unlisted: readonly UnlistedRow[],
): Promise<Verdicts> {
  const { commit, before } = reading;
  const { doubting, readAt } = commit;
  const listed = [...reading.listed, ...(await setAsideRows(on, commit))];
  const known = await doubtsOf(on, commit);
  const missed = doubting === undefined ? [] : unlisted.map(({ key, axisAt }) => ({ key, axisAt }));
  if (missed.length === 0 && !listed.some(({ key }) => known.has(key))) return nothingDecided;
  const may = doubting ?? nowhere;
  const held = await heldSpans(on, commit, movedSpans(missed, known, may, readAt), may);
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
  { settlementLag, edgeMs = null }: Doubting,
): Promise<Interval[]> {
  if (spans.length === 0) return [];
  const hull = {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
  };
  const parts = toLedger(await on.read(ledgerStatement(on.dialect, feed, withEdges(hull, edgeMs))));
  return joinAtEdges(parts, edgeMs).map((part) => ({
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
