import type { StoredRecord } from '../../archive/archive.ts';
import type { Position, RowQuery, SortTerm } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { type Coverage, toCoverage } from '../coverage/type.ts';
import type { RowsAsked } from '../rows/columns-asked.ts';
import { coverSelection, type Selection } from '../selection/scope.ts';
import { countRows } from './count-loader.ts';
import { amountOf, encodeCursor, isByAmount, type ListPlace } from './cursor.ts';
import type { PageWindow } from './page-args.ts';
import { loadRows } from './rows-loader.ts';

/** A page of a list as the connection types resolve it; what is a function costs nothing unless it is asked for. */
export interface Connected<T> {
  readonly nodes: readonly T[];
  readonly edges: () => readonly { readonly node: T; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: () => Promise<number>;
  readonly coverage: Coverage;
}

export interface PageAsk {
  readonly window: PageWindow;
  readonly maxWaitMs: number;
  readonly rows: RowsAsked;
}

/** Fills what the selection lacks as far as `maxWaitMs` allows, then reads one page of it. */
export async function readConnection<K extends RecordKind, T>(
  context: RequestContext,
  selection: Selection<K>,
  { window, maxWaitMs, rows: asked }: PageAsk,
  toNode: (row: StoredRecord<K>) => T,
): Promise<Connected<T>> {
  const { query } = selection;
  // Coverage first: a row that arrives in between is on the page, and never claimed before.
  const { coverage } = await coverSelection(context, selection, maxWaitMs);
  const found = asked.any
    ? await readRows(context, query, { ...window, limit: window.limit + 1 }, asked.columns)
    : [];
  const more = found.length > window.limit;
  // Rows come in the list's order also from its end, where the one too many is the first.
  const rows = !more ? found : window.end === 'first' ? found.slice(0, -1) : found.slice(1);
  const scope = { ...query, order: window.order };
  const cursorOf = (row: StoredRecord) => encodeCursor(context, scope, placeOf(scope, row));
  const nodes = rows.map((row) => toNode(row));
  const [start, end] = [rows[0], rows.at(-1)];
  return {
    nodes,
    edges: () => rows.map((row, index) => ({ node: nodes[index] as T, cursor: cursorOf(row) })),
    pageInfo: {
      // The row a cursor was taken from lies beyond it.
      hasNextPage: (window.end === 'first' && more) || window.before !== null,
      hasPreviousPage: (window.end === 'last' && more) || window.after !== null,
      startCursor: start === undefined ? null : cursorOf(start),
      endCursor: end === undefined ? null : cursorOf(end),
    },
    totalCount: () => countRows(context, query),
    coverage: toCoverage(coverage),
  };
}

/** The window's rows in the list's order. */
async function readRows<K extends RecordKind>(
  context: RequestContext,
  query: RowQuery & { readonly kind: K },
  { order, limit, end, after, before }: PageWindow,
  columns: RowsAsked['columns'],
): Promise<readonly StoredRecord<K>[]> {
  if (isByAmount(order)) {
    const sorted = { end, limit, from: end === 'first' ? after : before };
    return readByAmount(context, query, amountOf[order], sorted);
  }
  // In these orders a place's `at` is a time.
  const [later, earlier] = [after, before] as [Position | null, Position | null];
  if (order === 'NEWEST') {
    return loadRows(context, { ...query, limit, end, after: later, before: earlier, columns });
  }
  // The same walk from the other end.
  const other = end === 'first' ? 'last' : 'first';
  const rows = await loadRows(context, {
    ...query,
    limit,
    end: other,
    after: earlier,
    before: later,
    columns,
  });
  return [...rows].reverse();
}

/** Rows by an amount, the largest first; the list's end is read backwards. */
async function readByAmount<K extends RecordKind>(
  { deps: { archive } }: RequestContext,
  query: RowQuery & { readonly kind: K },
  column: string,
  { end, limit, from }: Pick<PageWindow, 'end' | 'limit'> & { readonly from: ListPlace | null },
): Promise<readonly StoredRecord<K>[]> {
  const term = (name: string, descending: boolean): SortTerm => ({
    value: { is: 'column', column: name },
    descending: descending === (end === 'first'),
  });
  const { rows } = await archive.sorted({
    ...query,
    orderBy: [term(column, true), term('account', false), term('key', false)],
    after: from === null ? null : [from.at, from.account, from.key],
    skip: 0,
    limit,
  });
  return end === 'first' ? rows : [...rows].reverse();
}

function placeOf({ axis, order }: RowQuery & Pick<PageWindow, 'order'>, row: StoredRecord): ListPlace {
  const place = { account: row.account, key: row.key };
  // Only lists of bets have an order of amounts.
  if (isByAmount(order)) return { at: (row as StoredRecord<'BET'>)[amountOf[order]], ...place };
  const placedAt = axis === 'PLACED' && 'placedAt' in row ? row.placedAt : null;
  return { at: placedAt ?? row.countedAt, ...place };
}
