import {
  type ChangeCause,
  type ChangePosition,
  type ChangesCount,
  type ChangesQuery,
  type ChangeType,
  compareChanges,
} from '../../records/change.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { StoredChange, StoredRecord } from '../archive.ts';
import { historyName } from './admin.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import { readLogStart, refuseForgotten } from './forget.ts';
import { type Cells, toRecords } from './records.ts';
import { keysSql, ofPlayers, recordCells } from './rows.ts';

type Read = (statement: Statement) => Promise<Cells>;

/** A version as it stands in a table of its kind, with what made it. */
interface ChangedVersion {
  readonly position: ChangePosition;
  readonly type: ChangeType;
  readonly cause: ChangeCause;
  readonly record: StoredRecord;
  readonly formerKey: string | null;
}

/** Of versions that never stood, since a later one was there before them. */
export const SUPERSEDED = 'SUPERSEDED';
const stood = `change IS DISTINCT FROM '${SUPERSEDED}'`;

/**
 * Changes in the order of commits. Every version but those superseded before they were written is one; what it took
 * the place of is the version of its key that stood before it.
 */
export async function readChanges(
  dialect: Dialect,
  read: Read,
  query: ChangesQuery,
): Promise<StoredChange[]> {
  const found = await Promise.all(query.kinds.map((kind) => versionsOf(dialect, read, kind, query)));
  const page = found
    .flat()
    .sort((a, b) => compareChanges(a.position, b.position))
    .slice(0, query.limit);
  const before = await predecessorsOf(dialect, read, page);
  // Asked after them: what was forgotten meanwhile would be missed else.
  const start = await readLogStart(read);
  refuseForgotten(query, start);
  return page.map((version) => {
    const { position, type, cause, record } = version;
    return {
      ...position,
      ...(start !== null && { logStart: start }),
      type,
      cause,
      before: before.get(version) ?? null,
      after: type === 'WITHDRAWN' ? null : record,
    };
  });
}

/** How many changes `readChanges` would give in all. */
export async function countChanges(dialect: Dialect, read: Read, query: ChangesCount): Promise<number> {
  const counts = await Promise.all(
    query.kinds.map(async (kind) => {
      const binder = createBinder(dialect);
      const selection = selectionSql(kind, query, binder);
      const text = `
        SELECT CAST((SELECT count(*) FROM ${tableName[kind]} WHERE ${selection})
          + (SELECT count(*) FROM ${historyName(kind)} WHERE ${selection} AND ${stood}) AS DOUBLE PRECISION)`;
      return Number((await read({ text, values: binder.values }))[0]?.[0] ?? 0);
    }),
  );
  refuseForgotten(query, await readLogStart(read));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function versionsOf(
  dialect: Dialect,
  read: Read,
  kind: RecordKind,
  query: ChangesQuery,
): Promise<ChangedVersion[]> {
  const until = dialect.longPage === undefined ? null : await endOf(dialect, read, kind, query);
  const condition = (binder: Binder) => {
    const end = until === null ? '' : ` AND archived_at <= ${binder.bind('time', until)}`;
    return `${selectionSql(kind, query, binder)}${end}`;
  };
  return toVersions(kind, await read(versionsStatement(dialect, kind, condition, query.limit)));
}

/** The time of archiving that a page ends at, from that column alone: an engine of columns reads no more rows whole. */
async function endOf(
  dialect: Dialect,
  read: Read,
  kind: RecordKind,
  query: ChangesQuery,
): Promise<number | null> {
  const binder = createBinder(dialect);
  const selection = selectionSql(kind, query, binder);
  const limit = Math.trunc(query.limit);
  const text = `
    SELECT ${dialect.cell('max(archived_at)', 'time')}, CAST(count(*) AS DOUBLE PRECISION) FROM (
      SELECT archived_at FROM ${tableName[kind]} WHERE ${selection}
      UNION ALL SELECT archived_at FROM ${historyName(kind)} WHERE ${selection} AND ${stood}
      ORDER BY archived_at LIMIT ${limit}) AS page`;
  const [[end = null] = [], [count = 0] = []] = await read({ text, values: binder.values });
  return typeof end === 'number' && count === limit ? end : null;
}

/** Versions that meet a condition, those of the history that once stood among them, in the order of changes. */
function versionsStatement(
  dialect: Dialect,
  kind: RecordKind,
  condition: (binder: Binder) => string,
  limit: number,
): Statement {
  const binder = createBinder(dialect);
  const selection = condition(binder);
  const first = dialect.cell('first_archived_at', 'time');
  const select = `SELECT ${recordCells(dialect, kind)}, change, cause, former_key, ${first} AS first_at,
    archived_at AS place_at, account AS place_account, key AS place_key FROM`;
  const most = Math.trunc(limit);
  // Each side stops by itself: only so an index in their order is read no further than the page.
  const side = (table: string, condition: string) =>
    `(${select} ${table} WHERE ${condition} ORDER BY archived_at, account, key LIMIT ${most})`;
  const text = `
    ${side(tableName[kind], selection)} UNION ALL ${side(historyName(kind), `${selection} AND ${stood}`)}
    ORDER BY place_at, place_account, place_key LIMIT ${most}`;
  return { text, values: binder.values };
}

function toVersions(kind: RecordKind, cells: Cells): ChangedVersion[] {
  const [change = [], cause = [], formerKey = [], first = []] = cells.slice(-7);
  return toRecords(kind, cells).map((record, row) => ({
    position: { at: record.archivedAt, kind, account: record.account, key: record.key },
    type: (change[row] ?? (record.archivedAt === first[row] ? 'ADDED' : 'REPLACED')) as ChangeType,
    cause: (cause[row] ?? 'PROVIDER') as ChangeCause,
    record,
    formerKey: formerKey[row] as string | null,
  }));
}

function selectionSql(
  kind: RecordKind,
  { accounts, players, after, since, before = null }: Omit<ChangesQuery, 'limit'> & Partial<ChangesCount>,
  binder: Binder,
): string {
  const parts = [binder.oneOf('account', 'text', accounts)];
  if (players !== null) parts.push(ofPlayers(players, binder));
  if (since !== null) parts.push(`archived_at >= ${binder.bind('time', since)}`);
  if (before !== null) parts.push(`archived_at < ${binder.bind('time', before)}`);
  if (after !== null) parts.push(beyond(kind, after, binder));
  return parts.join(' AND ');
}

/** What comes after a place, whose kind may be another. */
function beyond(kind: RecordKind, after: ChangePosition, binder: Binder): string {
  const at = binder.bind('time', after.at);
  const order = recordKinds.indexOf(kind) - recordKinds.indexOf(after.kind);
  if (order < 0) return `archived_at > ${at}`;
  if (order > 0) return `archived_at >= ${at}`;
  const account = binder.bind('text', after.account);
  const key = binder.bind('text', after.key);
  return (
    `archived_at >= ${at} AND (archived_at > ${at} OR account > ${account}` +
    ` OR (account = ${account} AND key > ${key}))`
  );
}

/** The versions that replaced and withdrawn ones took the place of. A restored row had none: it was out of all sums. */
async function predecessorsOf(
  dialect: Dialect,
  read: Read,
  versions: readonly ChangedVersion[],
): Promise<ReadonlyMap<ChangedVersion, StoredRecord>> {
  const found = new Map<ChangedVersion, StoredRecord>();
  for (const kind of recordKinds) {
    const later = versions.filter(
      ({ position, type }) => position.kind === kind && (type === 'REPLACED' || type === 'WITHDRAWN'),
    );
    if (later.length === 0) continue;
    const rowKeys = later.flatMap(({ position: { account, key }, formerKey }) => [
      { account, key },
      ...(formerKey === null ? [] : [{ account, key: formerKey }]),
    ]);
    const earlier = toVersions(kind, await read(historyOfStatement(dialect, kind, rowKeys)));
    const byKey = new Map<string, ChangedVersion[]>();
    for (const each of earlier) {
      const name = nameOf(each.record);
      byKey.set(name, [...(byKey.get(name) ?? []), each]);
    }
    for (const version of later) {
      const { account, key, at } = version.position;
      const names = [nameOf({ account, key }), nameOf({ account, key: version.formerKey ?? key })];
      const candidates = names.flatMap((name) => byKey.get(name) ?? []);
      const before = candidates
        .filter(({ record }) => record.archivedAt < at)
        .reduce<ChangedVersion | null>(
          (last, each) => (last === null || each.record.archivedAt > last.record.archivedAt ? each : last),
          null,
        );
      if (before !== null) found.set(version, before.record);
    }
  }
  return found;
}

function historyOfStatement(
  dialect: Dialect,
  kind: RecordKind,
  rowKeys: readonly { readonly account: string; readonly key: string }[],
): Statement {
  const binder = createBinder(dialect);
  const first = dialect.cell('first_archived_at', 'time');
  const text = `
    SELECT ${recordCells(dialect, kind)}, change, cause, former_key, ${first}, 0, 0, 0
    FROM ${historyName(kind)} WHERE ${keysSql(rowKeys, binder)} AND ${stood}`;
  return { text, values: binder.values };
}

function nameOf({ account, key }: { readonly account: string; readonly key: string }): string {
  return JSON.stringify([account, key]);
}
