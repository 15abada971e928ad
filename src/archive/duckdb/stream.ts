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
import type { Place } from './protocol.ts';
import type { Thread } from './thread.ts';

// Enough rows that finding a slice costs little beside reading it, few enough to be sorted in little memory.
const ROWS_A_SLICE = 40_000;

/** Every row of a query in order, in batches: see `streamSlices`. */
export async function* streamRecords<K extends RecordKind>(
  call: Thread['call'],
  query: RowQuery & { readonly kind: K },
  rowsASlice = ROWS_A_SLICE,
): AsyncGenerator<readonly StoredRecord<K>[]> {
  const statementOf = (slice: Slice) => sliceStatement(duckDbDialect, query, slice);
  const next = (place: Place) => call('nextOf', place);
  for await (const cells of streamSlices(call, query, { statementOf, rowsASlice, next })) {
    yield toRecords(query.kind, cells);
  }
}

export interface SliceStream<T> {
  /** What is read of each slice. */
  readonly statementOf: (slice: Slice) => Statement;
  readonly rowsASlice: number;
  /** The next piece of what runs in a lane; null at its end. */
  readonly next: (place: Place) => Promise<T | null>;
  /** Run before anything is read, in the same snapshot. */
  readonly before?: Statement | null;
  /** How many slices are read at a time, where nobody else streams: each is held in memory until it is taken. @default 1 */
  readonly lanes?: number;
}

/**
 * What a statement gives for a query's rows, read in one snapshot as pieces are taken: slices of time one after the
 * other, newest first, of about `rowsASlice` rows, so that memory stays flat. An iterator that is left early lets go
 * of its snapshot.
 */
export async function* streamSlices<T>(
  call: Thread['call'],
  query: RowQuery,
  { statementOf, rowsASlice, next, before = null, lanes: wanted = 1 }: SliceStream<T>,
): AsyncGenerator<T> {
  const { id: snapshot, lanes } = await call('openSnapshot', wanted);
  const run = (lane: number, statement: Statement) => call('runIn', { snapshot, lane, statement });
  try {
    if (before !== null) await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane, before)));
    const ask = async (statement: Statement) => {
      await run(0, statement);
      return readAll(() => call('nextOf', { snapshot, lane: 0 }));
    };
    const histogram = histogramOf(await ask(extentStatement(duckDbDialect, query)));
    if (histogram === null) return;
    const counts = await ask(histogramStatement(duckDbDialect, query, histogram));
    const slices = slicesOf(histogram, counts, rowsASlice);
    const runs: Promise<void>[] = [];
    const start = (at: number) => {
      const slice = slices[at];
      if (slice === undefined) return;
      runs[at] = run(at % lanes, statementOf(slice));
      // Awaited in its turn, which an earlier slice's fault may keep from coming.
      runs[at].catch(() => {});
    };
    for (let at = 0; at < lanes; at += 1) start(at);
    for (let at = 0; at < slices.length; at += 1) {
      await runs[at];
      const place = { snapshot, lane: at % lanes };
      for (let piece = await next(place); piece !== null; piece = await next(place)) yield piece;
      start(at + lanes);
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
