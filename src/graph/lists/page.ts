import type { StoredRecord } from '../../archive/archive.ts';
import type { Position, RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { type Coverage, toCoverage } from '../coverage/type.ts';
import type { RowsAsked } from '../rows/columns-asked.ts';
import { coverSelection, type Selection } from '../selection/scope.ts';
import { countRows } from './count-loader.ts';
import { encodeCursor } from './cursor.ts';
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
    ? await loadRows(context, { ...query, ...window, limit: window.limit + 1, columns: asked.columns })
    : [];
  const more = found.length > window.limit;
  // Rows come newest first also from the old end, where the one too many is the newest.
  const rows = !more ? found : window.end === 'first' ? found.slice(0, -1) : found.slice(1);
  const cursorOf = (row: StoredRecord) => encodeCursor(context, query, positionOf(query, row));
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

function positionOf({ axis }: RowQuery, row: StoredRecord): Position {
  const placedAt = axis === 'PLACED' && 'placedAt' in row ? row.placedAt : null;
  return { at: placedAt ?? row.countedAt, account: row.account, key: row.key };
}
