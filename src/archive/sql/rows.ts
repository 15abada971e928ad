import type { PageQuery, PlayerPagesQuery, Position, RowQuery, TimeAxis } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { type Column, tableName } from '../../records/shape.ts';
import type { PlayersQuery } from '../archive.ts';
import { columnSql, columnsOfPage, hasColumn, recordColumns } from './columns.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import { whereSql } from './where.ts';

/** The time a query selects and orders by; where a bet has no placed time, or its kind none, the one it counts by. */
export function axisSql(kind: RecordKind, axis: TimeAxis): string {
  return axis === 'PLACED' && hasColumn(kind, 'placedAt') ? 'coalesce(placed_at, counted_at)' : 'counted_at';
}

/** The condition that selects a query's rows, without order or place. */
export function selectionSql(
  query: RowQuery,
  binder: Binder,
  axis = axisSql(query.kind, query.axis),
): string {
  const parts = [binder.oneOf('account', 'text', query.accounts)];
  if (query.range !== null) {
    parts.push(`${axis} >= ${binder.bind('time', query.range.from)}`);
    parts.push(`${axis} < ${binder.bind('time', query.range.to)}`);
  }
  if (query.players !== null) parts.push(ofPlayers(query.players, binder));
  const { withdrawn = 'exclude' } = query;
  if (withdrawn !== 'include') parts.push(`withdrawn_at IS ${withdrawn === 'only' ? 'NOT ' : ''}NULL`);
  if (query.where !== null) parts.push(whereSql(query.kind, query.where, binder));
  return parts.join(' AND ');
}

// The last millisecond there is a Date of.
const LATEST = 8_640_000_000_000_000;

/** A page, newest first; one that ends before a place comes oldest first and is turned by `readsBackwards`. */
export function pageStatement(dialect: Dialect, query: PageQuery): Statement {
  const binder = createBinder(dialect);
  const rows = pageRowsSql(dialect, query, binder, cellsOf(dialect, columnsOfPage(query)));
  return { text: rows, values: binder.values };
}

/**
 * A page whose range holds few rows beside its own: to find those first, and their columns afterwards, is not worth it.
 * Each time that a row may be ordered by is compared by itself, so that an engine can skip whole blocks by it.
 */
export function narrowPageStatement(dialect: Dialect, query: PageQuery): Statement {
  const binder = createBinder(dialect);
  const cells = cellsOf(dialect, columnsOfPage(query));
  const part = (axis: string, only = '') =>
    `SELECT *, ${axis} AS ordered_at FROM ${tableName[query.kind]} WHERE ${only}${withinSql(query, binder, axis)}`;
  const rows =
    query.axis === 'PLACED' && hasColumn(query.kind, 'placedAt')
      ? `${part('placed_at')} UNION ALL ${part('counted_at', 'placed_at IS NULL AND ')}`
      : part('counted_at');
  // How many is only known when it runs: DuckDB does not plan for a few of many then.
  const text =
    `SELECT ${cells} FROM (${rows}) AS narrow ${orderSql(query, 'ordered_at')}` +
    ` LIMIT (SELECT ${Math.trunc(query.limit)})`;
  return { text, values: binder.values };
}

/** The rows of a page; see `pageStatement`. */
export function pageRowsSql(dialect: Dialect, query: PageQuery, binder: Binder, cells = '*'): string {
  const axis = axisSql(query.kind, query.axis);
  const parts = [withinSql(query, binder)];
  if (isLong(dialect, query)) {
    const [within, furthest] = readsBackwards(query) ? ['<=', LATEST] : ['>=', -LATEST];
    parts.push(`${axis} ${within} ${binder.bind('time', furthest)}`);
  }
  const table = tableName[query.kind];
  const within = parts.join(' AND ');
  const order = orderSql(query);
  const limit = `LIMIT ${Math.trunc(query.limit)}`;
  const { rowId } = dialect;
  // What a client sent is not in the text.
  if (rowId !== undefined && within.includes(' IN (SELECT ') && !isLong(dialect, query)) {
    const found = `SELECT ${rowId} FROM ${table} WHERE ${within} ${order} ${limit}`;
    return `SELECT ${cells} FROM ${table} WHERE ${rowId} IN (${found}) ${order}`;
  }
  return `SELECT ${cells} FROM ${table} WHERE ${within} ${order} ${limit}`;
}

function orderSql(query: PageQuery, axis = axisSql(query.kind, query.axis)): string {
  const [time, name] = readsBackwards(query) ? ['ASC', 'DESC'] : ['DESC', 'ASC'];
  return `ORDER BY ${axis} ${time}, account ${name}, key ${name}`;
}

/** The condition that selects the rows a page may have: the query's, beyond its places. */
function withinSql(query: PageQuery, binder: Binder, axis = axisSql(query.kind, query.axis)): string {
  const parts = [selectionSql(query, binder, axis)];
  if (query.after !== null) parts.push(beyond(axis, query.after, 'after', binder));
  if (query.before !== null) parts.push(beyond(axis, query.before, 'before', binder));
  return parts.join(' AND ');
}

/**
 * A page for each player of a query: the player, then the columns of the page's rows; each player's rows stand together
 * and newest first, from either end.
 */
export function playerPagesStatement(dialect: Dialect, query: PlayerPagesQuery): Statement {
  const binder = createBinder(dialect);
  const axis = axisSql(query.kind, query.axis);
  const [time, name] = readsBackwards(query) ? ['ASC', 'DESC'] : ['DESC', 'ASC'];
  const named = binder.oneOf('player', 'text', query.players);
  const { rowId } = dialect;
  const table = tableName[query.kind];
  // Where rows have numbers, the columns are fetched of those alone that are on a page.
  const rows =
    `SELECT ${rowId === undefined ? '*' : `${table}.${rowId} AS found, player`},` +
    ` row_number() OVER (PARTITION BY player ORDER BY ${axis} ${time}, account ${name}, key ${name}) AS place` +
    ` FROM ${table} JOIN (SELECT account AS named_account, username, player FROM names WHERE ${named}) AS named` +
    ` ON named_account = account AND username = provider_username` +
    ` WHERE ${withinSql({ ...query, players: null }, binder)}`;
  const placed =
    rowId === undefined
      ? `(${rows}) AS placed`
      : `${table} JOIN (${rows}) AS placed ON ${table}.${rowId} = found`;
  const text =
    `SELECT player, ${cellsOf(dialect, columnsOfPage(query))} FROM ${placed}` +
    ` WHERE place <= ${Math.trunc(query.limit)} ORDER BY player, ${axis} DESC, account, key`;
  return { text, values: binder.values };
}

/**
 * One cell: a time that a long page's rows do not lie beyond, found in the column of times alone; null where all are
 * wanted, and no statement where the page is not long. It takes the place of the last value of the page's own statement.
 */
export function pageEndStatement(dialect: Dialect, query: PageQuery): Statement | null {
  if (!isLong(dialect, query)) return null;
  const binder = createBinder(dialect);
  const axis = axisSql(query.kind, query.axis);
  const parts = [selectionSql(query, binder)];
  // Rows of a place's own time come on top of the page: which of them lie beyond it need not be known.
  if (query.after !== null) parts.push(`${axis} < ${binder.bind('time', query.after.at)}`);
  if (query.before !== null) parts.push(`${axis} > ${binder.bind('time', query.before.at)}`);
  const [order, last] = readsBackwards(query) ? ['ASC', 'max'] : ['DESC', 'min'];
  const times =
    `SELECT ${axis} AS ends_at FROM ${tableName[query.kind]} WHERE ${parts.join(' AND ')}` +
    ` ORDER BY 1 ${order} LIMIT ${Math.trunc(query.limit)}`;
  const end = dialect.cell(
    `CASE WHEN count(*) = ${Math.trunc(query.limit)} THEN ${last}(ends_at) END`,
    'time',
  );
  return { text: `SELECT ${end} FROM (${times}) AS ends`, values: binder.values };
}

function isLong(dialect: Dialect, { limit }: PageQuery): boolean {
  return limit > (dialect.longPage ?? Number.POSITIVE_INFINITY);
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
  const { rowId } = dialect;
  const table = tableName[kind];
  const keys = keysSql(ids, binder);
  const within = rowId === undefined ? keys : `${rowId} IN (SELECT ${rowId} FROM ${table} WHERE ${keys})`;
  return {
    text: `SELECT ${recordCells(dialect, kind)} FROM ${table} WHERE ${within}`,
    values: binder.values,
  };
}

/** Whether a row has one of some keys. */
export function keysSql(
  ids: readonly { readonly account: string; readonly key: string }[],
  binder: Binder,
): string {
  const accounts = binder.bind(
    'texts',
    ids.map((id) => id.account),
  );
  const keys = binder.bind(
    'texts',
    ids.map((id) => id.key),
  );
  return `(account, key) IN (SELECT unnest(${accounts}), unnest(${keys}))`;
}

/** Usernames with the operator's name for each: account, username, player. */
export function usernamesStatement(dialect: Dialect, players: readonly string[] | null): Statement {
  const binder = createBinder(dialect);
  const selection = players === null ? 'true' : binder.oneOf('player', 'text', players);
  const text = `SELECT account, username, player FROM names WHERE ${selection} ORDER BY account, username`;
  return { text, values: binder.values };
}

/** The operator's names of players that fit, each once; `after` alone begins beyond a name. */
export function playersStatement(
  dialect: Dialect,
  { after, limit, ...query }: PlayersQuery & { readonly after: string | null; readonly limit: number | null },
): Statement {
  const binder = createBinder(dialect);
  const beyond = after === null ? '' : ` AND player > ${binder.bind('text', after)}`;
  const most = limit === null ? '' : ` LIMIT ${limit}`;
  const text = `SELECT DISTINCT player FROM names WHERE ${playersSql(query, binder)}${beyond} ORDER BY player${most}`;
  return { text, values: binder.values };
}

export function countPlayersStatement(dialect: Dialect, query: PlayersQuery): Statement {
  const binder = createBinder(dialect);
  const text = `SELECT count(DISTINCT player) FROM names WHERE ${playersSql(query, binder)}`;
  return { text, values: binder.values };
}

function playersSql({ accounts, prefix }: PlayersQuery, binder: Binder): string {
  const known = binder.oneOf('account', 'text', accounts);
  return prefix === '' ? known : `${known} AND starts_with(player, ${binder.bind('text', prefix)})`;
}

/** Every column of a stored record, in the order of `recordColumns`. */
export function recordCells(dialect: Dialect, kind: RecordKind): string {
  return cellsOf(dialect, recordColumns[kind]);
}

function cellsOf(dialect: Dialect, columns: readonly Column[]): string {
  return columns.map((column) => dialect.cell(columnSql(column), column.type)).join(', ');
}

/** Whether a row is of one of the operator's players. */
export function ofPlayers(players: readonly string[], binder: Binder): string {
  const named = `SELECT account, username FROM names WHERE ${binder.oneOf('player', 'text', players)}`;
  return `(account, provider_username) IN (${named})`;
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
