import type { RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { StoredRecord } from '../archive.ts';
import type { Statement } from '../sql/dialect.ts';
import { type Cell, type Cells, toRecords } from '../sql/records.ts';
import {
  extentStatement,
  histogramOf,
  histogramStatement,
  type Slice,
  sliceStatement,
  slicesOf,
} from '../sql/slices.ts';
import { duckDbDialect } from './dialect.ts';
import type { Thread } from './thread.ts';

// Enough rows that finding a slice costs little beside reading it, few enough to be sorted in little memory.
const ROWS_A_SLICE = 40_000;

/** Every row of a query in order, in batches: see `streamCells`. */
export async function* streamRecords<K extends RecordKind>(
  call: Thread['call'],
  query: RowQuery & { readonly kind: K },
  rowsASlice = ROWS_A_SLICE,
): AsyncGenerator<readonly StoredRecord<K>[]> {
  const statementOf = (slice: Slice) => sliceStatement(duckDbDialect, query, slice);
  for await (const cells of streamCells(call, query, { statementOf, rowsASlice })) {
    yield toRecords(query.kind, cells);
  }
}

export interface CellStream {
  /** What is read of each slice. */
  readonly statementOf: (slice: Slice) => Statement;
  readonly rowsASlice: number;
  /** Run before anything is read, in the same snapshot. */
  readonly before?: Statement | null;
}

/**
 * What a statement gives for a query's rows, read in one snapshot as batches are taken: slices of time one after the
 * other, newest first, of about `rowsASlice` rows, so that memory stays flat. An iterator that is left early lets go
 * of its snapshot.
 */
export async function* streamCells(
  call: Thread['call'],
  query: RowQuery,
  { statementOf, rowsASlice, before = null }: CellStream,
): AsyncGenerator<Cells> {
  const snapshot = await call('openSnapshot', undefined);
  const run = (statement: Statement) => call('runIn', { snapshot, statement });
  const next = () => call('nextOf', snapshot);
  try {
    if (before !== null) await run(before);
    await run(extentStatement(duckDbDialect, query));
    const histogram = histogramOf((await next()) ?? []);
    if (histogram === null) return;
    await run(histogramStatement(duckDbDialect, query, histogram));
    const counts = await readAll(next);
    for (const slice of slicesOf(histogram, counts, rowsASlice)) {
      await run(statementOf(slice));
      for (let cells = await next(); cells !== null; cells = await next()) yield cells;
    }
  } finally {
    await call('closeSnapshot', snapshot);
  }
}

async function readAll(next: () => Promise<Cells | null>): Promise<Cells> {
  const all: Cell[][] = [];
  for (let cells = await next(); cells !== null; cells = await next()) {
    for (const [index, column] of cells.entries()) all[index] = [...(all[index] ?? []), ...column];
  }
  return all;
}
