import type { RowQuery } from '../../records/query.ts';
import { tableName } from '../../records/shape.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import type { Cells } from './records.ts';
import { axisSql, recordCells, selectionSql } from './rows.ts';

/** A stretch of a query's time axis; a null end is open. */
export interface Slice {
  readonly from: number | null;
  readonly to: number | null;
  /** How many rows it has, and over how many milliseconds of the grid they lie. */
  readonly rows: number;
  readonly spanMs: number;
}

/** The grid of times a query's rows are counted in, to cut it into slices of about one size. */
export interface Histogram {
  readonly from: number;
  readonly width: number;
}

// Fine enough that a slice is seldom much larger than wanted, coarse enough to be counted in one quick pass.
const CELLS = 5_000;

/** Every row of a slice in the order of pages. */
export function sliceStatement(dialect: Dialect, query: RowQuery, slice: Slice): Statement {
  const binder = createBinder(dialect);
  const selection = sliceSql(query, slice, binder);
  const text =
    `SELECT ${recordCells(dialect, query.kind)} FROM ${tableName[query.kind]} WHERE ${selection}` +
    ` ORDER BY ${axisSql(query.kind, query.axis)} DESC, account, key`;
  return { text, values: binder.values };
}

/** Two cells: the first and the last time of a query's rows; nulls where it has none. */
export function extentStatement(dialect: Dialect, query: RowQuery): Statement {
  const binder = createBinder(dialect);
  const time = dialect.cell(axisSql(query.kind, query.axis), 'time');
  const selection = selectionSql(query, binder);
  const text = `SELECT min(${time}), max(${time}) FROM ${tableName[query.kind]} WHERE ${selection}`;
  return { text, values: binder.values };
}

/** The grid for what `extentStatement` answered; null where there are no rows. */
export function histogramOf(extent: Cells): Histogram | null {
  const [[first] = [], [last] = []] = extent;
  if (typeof first !== 'number' || typeof last !== 'number') return null;
  return { from: first, width: Math.max(1, Math.ceil((last + 1 - first) / CELLS)) };
}

/** A row for every cell of the grid that has rows, the newest first: its number from the grid's start, and how many. */
export function histogramStatement(dialect: Dialect, query: RowQuery, { from, width }: Histogram): Statement {
  const binder = createBinder(dialect);
  const time = dialect.cell(axisSql(query.kind, query.axis), 'time');
  const selection = selectionSql(query, binder);
  const text =
    `SELECT floor((${time} - ${from}) / ${width}) AS grid_cell, CAST(count(*) AS DOUBLE PRECISION)` +
    ` FROM ${tableName[query.kind]} WHERE ${selection} GROUP BY 1 ORDER BY 1 DESC`;
  return { text, values: binder.values };
}

/** Slices of at least `size` rows each but the last, the newest first; rows of one time are never parted. */
export function slicesOf({ from, width }: Histogram, counts: Cells, size: number): readonly Slice[] {
  const [cells = [], rows = []] = counts;
  const slices: Slice[] = [];
  let to: number | null = null;
  let gathered = 0;
  let newest = 0;
  for (const [at, cell] of cells.entries()) {
    if (gathered === 0) newest = Number(cell);
    gathered += Number(rows[at]);
    const isLast = at === cells.length - 1;
    if (gathered < size && !isLast) continue;
    const start = from + Number(cell) * width;
    const spanMs = (newest - Number(cell) + 1) * width;
    slices.push({ from: isLast ? null : start, to, rows: gathered, spanMs });
    to = start;
    gathered = 0;
  }
  return slices;
}

/** The condition that selects a slice's rows. */
export function sliceSql(query: RowQuery, slice: Slice, binder: Binder): string {
  const axis = axisSql(query.kind, query.axis);
  const parts = [selectionSql(query, binder)];
  if (slice.from !== null) parts.push(`${axis} >= ${binder.bind('time', slice.from)}`);
  if (slice.to !== null) parts.push(`${axis} < ${binder.bind('time', slice.to)}`);
  return parts.join(' AND ');
}
