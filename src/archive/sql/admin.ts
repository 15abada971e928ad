import type { Interval } from '../../records/interval.ts';
import type { RecordKind } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { QuarantinedRow, Reopening, ReplacedVersion, SetAsideRow } from '../admin.ts';
import type { FeedKey } from '../archive.ts';
import type { LedgerPart } from '../ledger.ts';
import { columnSql, recordColumns } from './columns.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cell, type Cells, rowsOf, toRecords } from './records.ts';
import { keysSql } from './rows.ts';

/** The table that keeps every version of a kind's rows that was replaced. */
export function historyName(kind: RecordKind): string {
  return `${tableName[kind]}_history`;
}

export function ledgerStatement(dialect: Dialect, feed: FeedKey, range: Interval): Statement {
  const binder = createBinder(dialect);
  const [account, kind] = [binder.bind('text', feed.account), binder.bind('text', feed.kind)];
  const [from, to] = [binder.bind('int', range.from), binder.bind('int', range.to)];
  const text = `
    SELECT ${doubles('from_at', 'to_at', 'read_at', 'rows')}, checksum, ${doubles('quarantined', 'provider_at')}
    FROM intervals WHERE account = ${account} AND kind = ${kind} AND from_at < ${to} AND to_at > ${from}
    ORDER BY from_at`;
  return { text, values: binder.values };
}

/** Dates reads that claim to be later than `fellTo` by how long ago they were made. */
export function reopenStatement(
  dialect: Dialect,
  feed: FeedKey,
  { fellTo, providerNow, now }: Omit<Reopening, 'measures'>,
): Statement {
  const binder = createBinder(dialect);
  const ours = Math.trunc(now);
  const text = `
    UPDATE intervals SET provider_at = least(coalesce(provider_at, read_at),
      ${binder.bind('int', Math.trunc(providerNow))} - greatest(0, ${binder.bind('int', ours)} - read_at))
    WHERE account = ${binder.bind('text', feed.account)} AND kind = ${binder.bind('text', feed.kind)}
      AND coalesce(provider_at, read_at) > ${binder.bind('int', Math.trunc(fellTo))}`;
  return { text, values: binder.values };
}

export function toLedger(cells: Cells): LedgerPart[] {
  return rowsOf(cells).map(([from, to, readAt, rows, checksum, quarantined, providerAt]) => ({
    from: Number(from),
    to: Number(to),
    readAt: Number(readAt),
    providerAt: toNumber(providerAt) ?? undefined,
    rows: toNumber(rows),
    checksum: checksum == null ? null : String(checksum),
    quarantined: Number(quarantined),
  }));
}

export function historyStatement(
  dialect: Dialect,
  kind: RecordKind,
  id: { readonly account: string; readonly key: string },
): Statement {
  const binder = createBinder(dialect);
  const columns = recordColumns[kind].map((column) => dialect.cell(columnSql(column), column.type));
  columns.push(dialect.cell('seen_from', 'time'), dialect.cell('seen_until', 'time'));
  const text = `
    SELECT ${columns.join(', ')} FROM ${historyName(kind)}
    WHERE account = ${binder.bind('text', id.account)} AND key = ${binder.bind('text', id.key)}
    ORDER BY seen_from, seen_until, digest`;
  return { text, values: binder.values };
}

/** The same of many rows, in the order of their reads; records alone. */
export function versionsStatement(
  dialect: Dialect,
  kind: RecordKind,
  ids: readonly { readonly account: string; readonly key: string }[],
): Statement {
  const binder = createBinder(dialect);
  const columns = recordColumns[kind].map((column) => dialect.cell(columnSql(column), column.type));
  const text = `
    SELECT ${columns.join(', ')} FROM ${historyName(kind)} WHERE ${keysSql(ids, binder)}
    ORDER BY seen_from, seen_until, archived_at, digest`;
  return { text, values: binder.values };
}

export function toHistory<K extends RecordKind>(kind: K, cells: Cells): ReplacedVersion<K>[] {
  const [from = [], until = []] = cells.slice(-2);
  return toRecords(kind, cells).map((record, row) => ({
    record,
    seenFrom: Number(from[row]),
    seenUntil: Number(until[row]),
  }));
}

const quarantineColumns = `id, account, kind, ${doubles('from_at', 'to_at')}, reason, raw,
      ${doubles('seen_at', 'read_at', 'accepted_at', 'times')}`;

// Nobody accepted it, and its last read still stands in the ledger, or it came without an interval.
const isWaiting = `(accepted_at IS NULL AND (from_at IS NULL OR EXISTS (
      SELECT 1 FROM intervals AS i WHERE i.account = q.account AND i.kind = q.kind AND i.read_at = q.read_at
        AND i.from_at < q.to_at AND i.to_at > q.from_at)))`;

/** Rows that nobody accepted and that were not read well since. */
export function quarantineStatement(dialect: Dialect, accounts: readonly string[]): Statement {
  const binder = createBinder(dialect);
  const wanted = binder.bind('texts', accounts);
  const text = `
    SELECT ${quarantineColumns} FROM quarantine AS q
    WHERE account IN (SELECT unnest(${wanted})) AND ${isWaiting}
    ORDER BY seen_at, id`;
  return { text, values: binder.values };
}

/** Every row ever set aside in an interval that touches the range, or without an interval, with whether it still waits. */
export function setAsideStatement(dialect: Dialect, feed: FeedKey, range: Interval): Statement {
  const binder = createBinder(dialect);
  const [account, kind] = [binder.bind('text', feed.account), binder.bind('text', feed.kind)];
  const [from, to] = [binder.bind('int', range.from), binder.bind('int', range.to)];
  const text = `
    SELECT ${quarantineColumns}, CASE WHEN ${isWaiting} THEN 1 ELSE 0 END
    FROM quarantine AS q
    WHERE account = ${account} AND kind = ${kind}
      AND (from_at IS NULL OR (from_at < ${to} AND to_at > ${from}))
    ORDER BY seen_at, id`;
  return { text, values: binder.values };
}

export function toSetAside(cells: Cells): SetAsideRow[] {
  const waiting = cells.at(-1) ?? [];
  return toQuarantined(cells).map((row, index) => ({ ...row, isWaiting: Number(waiting[index]) === 1 }));
}

export function toQuarantined(cells: Cells): QuarantinedRow[] {
  return rowsOf(cells).map(
    ([id, account, kind, from, to, reason, raw, firstSeenAt, lastSeenAt, acceptedAt, times]) => ({
      id: String(id),
      account: String(account),
      kind: kind as RecordKind,
      interval: from == null ? null : { from: Number(from), to: Number(to) },
      reason: String(reason),
      raw: String(raw),
      firstSeenAt: Number(firstSeenAt),
      lastSeenAt: Number(lastSeenAt),
      acceptedAt: toNumber(acceptedAt),
      timesSeen: Number(times),
    }),
  );
}

function toNumber(cell: Cell | undefined): number | null {
  return cell == null ? null : Number(cell);
}

function doubles(...columns: readonly string[]): string {
  return columns.map((column) => `CAST(${column} AS DOUBLE PRECISION)`).join(', ');
}
