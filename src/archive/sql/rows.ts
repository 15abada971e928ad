import type { PageQuery, Position, RowQuery, TimeAxis } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { sqlName, tableName } from '../../records/shape.ts';
import { hasColumn, recordColumns } from './columns.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import { whereSql } from './where.ts';

/** The time a query selects and orders by; kinds without a placed time have their axis alone. */
export function axisSql(kind: RecordKind, axis: TimeAxis): string {
  return axis === 'PLACED' && hasColumn(kind, 'placedAt') ? 'coalesce(placed_at, axis_at)' : 'axis_at';
}

/** The condition that selects a query's rows, without order or place. */
export function selectionSql(query: RowQuery, binder: Binder): string {
  const axis = axisSql(query.kind, query.axis);
  const parts = [oneOf('account', query.accounts, binder)];
  if (query.range !== null) {
    parts.push(`${axis} >= ${binder.bind('time', query.range.from)}`);
    parts.push(`${axis} < ${binder.bind('time', query.range.to)}`);
  }
  if (query.players !== null) {
    const named = `SELECT account, username FROM names WHERE ${oneOf('player', query.players, binder)}`;
    parts.push(`(account, provider_username) IN (${named})`);
  }
  if (query.where !== null) parts.push(whereSql(query.kind, query.where, binder));
  return parts.join(' AND ');
}

/** A page, newest first; one that ends before a place comes oldest first and is turned by `readsBackwards`. */
export function pageStatement(dialect: Dialect, query: PageQuery): Statement {
  const binder = createBinder(dialect);
  const axis = axisSql(query.kind, query.axis);
  const parts = [selectionSql(query, binder)];
  if (query.after !== null) parts.push(beyond(axis, query.after, 'after', binder));
  if (query.before !== null) parts.push(beyond(axis, query.before, 'before', binder));
  const [time, name] = readsBackwards(query) ? ['ASC', 'DESC'] : ['DESC', 'ASC'];
  const rows = `FROM ${tableName[query.kind]} WHERE ${parts.join(' AND ')}`;
  const order = `ORDER BY ${axis} ${time}, account ${name}, key ${name} LIMIT ${Math.trunc(query.limit)}`;
  const isLong = query.limit > (dialect.longPage ?? Number.POSITIVE_INFINITY);
  const source = isLong ? `FROM (${upToPageEnd(axis, rows, order, query)}) AS page` : rows;
  return { text: `SELECT ${recordCells(dialect, query.kind)} ${source} ${order}`, values: binder.values };
}

/** The rows up to the time a page ends at, which is found in the columns of the order alone. */
function upToPageEnd(axis: string, rows: string, order: string, query: PageQuery): string {
  const [within, last] = readsBackwards(query) ? ['<=', 'max'] : ['>=', 'min'];
  const end = `SELECT ${last}(ends_at) FROM (SELECT ${axis} AS ends_at ${rows} ${order}) AS ends`;
  return `SELECT * ${rows} AND ${axis} ${within} (${end})`;
}

/** Whether a page's statement gives its rows oldest first. */
export function readsBackwards(query: PageQuery): boolean {
  return query.end === 'last';
}

/** One cell: how many rows a query has. */
export function countStatement(dialect: Dialect, query: RowQuery): Statement {
  const binder = createBinder(dialect);
  const selection = selectionSql(query, binder);
  const text = `SELECT CAST(count(*) AS DOUBLE PRECISION) FROM ${tableName[query.kind]} WHERE ${selection}`;
  return { text, values: binder.values };
}

/** Cells that change whenever a row of the query comes, goes or is replaced: count, digests, time of archiving. */
export function fingerprintStatement(dialect: Dialect, query: RowQuery): Statement {
  const binder = createBinder(dialect);
  const selection = selectionSql(query, binder);
  const text =
    `SELECT CAST(count(*) AS DOUBLE PRECISION), CAST(sum(digest) AS VARCHAR),` +
    ` ${dialect.cell('max(archived_at)', 'time')} FROM ${tableName[query.kind]} WHERE ${selection}`;
  return { text, values: binder.values };
}

/** The rows under these keys, in no particular order. */
export function byKeysStatement(
  dialect: Dialect,
  kind: RecordKind,
  ids: readonly { readonly account: string; readonly key: string }[],
): Statement {
  const binder = createBinder(dialect);
  const accounts = binder.bind(
    'texts',
    ids.map((id) => id.account),
  );
  const keys = binder.bind(
    'texts',
    ids.map((id) => id.key),
  );
  const wanted = `SELECT unnest(${accounts}), unnest(${keys})`;
  const text = `SELECT ${recordCells(dialect, kind)} FROM ${tableName[kind]} WHERE (account, key) IN (${wanted})`;
  return { text, values: binder.values };
}

/** Usernames with the operator's name for each: account, username, player. */
export function usernamesStatement(dialect: Dialect, players: readonly string[] | null): Statement {
  const binder = createBinder(dialect);
  const selection = players === null ? 'true' : oneOf('player', players, binder);
  const text = `SELECT account, username, player FROM names WHERE ${selection} ORDER BY account, username`;
  return { text, values: binder.values };
}

/** Every column of a stored record, in the order of `recordColumns`. */
export function recordCells(dialect: Dialect, kind: RecordKind): string {
  return recordColumns[kind].map((column) => dialect.cell(sqlName(column.name), column.type)).join(', ');
}

function oneOf(column: string, values: readonly string[], binder: Binder): string {
  if (values.length === 0) return 'false';
  return `${column} IN (${values.map((value) => binder.bind('text', value)).join(', ')})`;
}

function beyond(axis: string, place: Position, side: 'after' | 'before', binder: Binder): string {
  const [older, further] = side === 'after' ? ['<', '>'] : ['>', '<'];
  const at = binder.bind('time', place.at);
  const account = binder.bind('text', place.account);
  const key = binder.bind('text', place.key);
  // The first term repeats what the second implies: an engine can skip whole blocks by it.
  return (
    `${axis} ${older}= ${at} AND (${axis} ${older} ${at} OR account ${further} ${account}` +
    ` OR (account = ${account} AND key ${further} ${key}))`
  );
}
