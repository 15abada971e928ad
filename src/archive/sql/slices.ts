import type { RowQuery } from '../../records/query.ts';
import { tableName } from '../../records/shape.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import { axisSql, recordCells, selectionSql } from './rows.ts';

/** A stretch of a query's time axis; a null end is open. */
export interface Slice {
  readonly from: number | null;
  readonly to: number | null;
}

/** Every row of a slice in the order of pages. */
export function sliceStatement(dialect: Dialect, query: RowQuery, slice: Slice): Statement {
  const binder = createBinder(dialect);
  const selection = sliceSql(query, slice, binder);
  const text =
    `SELECT ${recordCells(dialect, query.kind)} FROM ${tableName[query.kind]} WHERE ${selection}` +
    ` ORDER BY ${axisSql(query.kind, query.axis)} DESC, account, key`;
  return { text, values: binder.values };
}

/** One cell: the time of the row that is `size` rows into a slice, newest first; no row where there are fewer. */
export function sliceStartStatement(
  dialect: Dialect,
  query: RowQuery,
  slice: Slice,
  size: number,
): Statement {
  const binder = createBinder(dialect);
  const axis = axisSql(query.kind, query.axis);
  const selection = sliceSql(query, slice, binder);
  const text =
    `SELECT ${dialect.cell(axis, 'time')} FROM ${tableName[query.kind]} WHERE ${selection}` +
    ` ORDER BY ${axis} DESC LIMIT 1 OFFSET ${Math.trunc(size) - 1}`;
  return { text, values: binder.values };
}

function sliceSql(query: RowQuery, slice: Slice, binder: Binder): string {
  const axis = axisSql(query.kind, query.axis);
  const parts = [selectionSql(query, binder)];
  if (slice.from !== null) parts.push(`${axis} >= ${binder.bind('time', slice.from)}`);
  if (slice.to !== null) parts.push(`${axis} < ${binder.bind('time', slice.to)}`);
  return parts.join(' AND ');
}
