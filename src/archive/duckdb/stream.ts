import type { Position, RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { StoredRecord } from '../archive.ts';
import { toRecords } from '../sql/records.ts';
import { pageStatement } from '../sql/rows.ts';
import { duckDbDialect } from './dialect.ts';
import type { Thread } from './thread.ts';

// Long pages are cheap by the row and short enough to be sorted in memory.
const ROWS_A_PAGE = 20_480;

/**
 * Every row of a query in order, read in one snapshot as batches are taken: long pages that go on where the last
 * one ended, so that memory stays flat. An iterator that is left early lets go of its snapshot.
 */
export async function* streamRecords<K extends RecordKind>(
  call: Thread['call'],
  query: RowQuery & { readonly kind: K },
): AsyncGenerator<readonly StoredRecord<K>[]> {
  const snapshot = await call('openSnapshot', undefined);
  try {
    let after: Position | null = null;
    let rows = ROWS_A_PAGE;
    while (rows === ROWS_A_PAGE) {
      const page = { ...query, limit: ROWS_A_PAGE, end: 'first', after, before: null } as const;
      await call('runIn', { snapshot, statement: pageStatement(duckDbDialect, page) });
      rows = 0;
      for (
        let cells = await call('nextOf', snapshot);
        cells !== null;
        cells = await call('nextOf', snapshot)
      ) {
        const records = toRecords(query.kind, cells);
        rows += records.length;
        const last = records.at(-1);
        if (last !== undefined) after = placeOf(query, last);
        yield records;
      }
    }
  } finally {
    await call('closeSnapshot', snapshot);
  }
}

function placeOf(query: RowQuery, record: StoredRecord): Position {
  const placedAt = query.axis === 'PLACED' && 'placedAt' in record ? record.placedAt : null;
  return { at: placedAt ?? record.axisAt, account: record.account, key: record.key };
}
