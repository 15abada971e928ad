import type { RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { StoredRecord } from '../archive.ts';
import type { Statement } from '../sql/dialect.ts';
import { type Cells, toRecords } from '../sql/records.ts';
import { sliceStartStatement, sliceStatement } from '../sql/slices.ts';
import { duckDbDialect } from './dialect.ts';
import type { Thread } from './thread.ts';

// Enough rows that finding a slice costs little beside reading it, few enough to be sorted in little memory.
const ROWS_A_SLICE = 40_000;

/**
 * Every row of a query in order, read in one snapshot as batches are taken: slices of time one after the other,
 * newest first, of about `rowsASlice` rows, so that memory stays flat. An iterator that is left early lets go of its snapshot.
 */
export async function* streamRecords<K extends RecordKind>(
  call: Thread['call'],
  query: RowQuery & { readonly kind: K },
  rowsASlice = ROWS_A_SLICE,
): AsyncGenerator<readonly StoredRecord<K>[]> {
  const snapshot = await call('openSnapshot', undefined);
  const run = (statement: Statement) => call('runIn', { snapshot, statement });
  try {
    let to: number | null = null;
    do {
      await run(sliceStartStatement(duckDbDialect, query, { from: null, to }, rowsASlice));
      const start: number | null = toTime(await call('nextOf', snapshot));
      await run(sliceStatement(duckDbDialect, query, { from: start, to }));
      for (
        let cells = await call('nextOf', snapshot);
        cells !== null;
        cells = await call('nextOf', snapshot)
      ) {
        yield toRecords(query.kind, cells);
      }
      to = start;
    } while (to !== null);
  } finally {
    await call('closeSnapshot', snapshot);
  }
}

function toTime(cells: Cells | null): number | null {
  const first = cells?.[0]?.[0];
  return first === undefined ? null : Number(first);
}
