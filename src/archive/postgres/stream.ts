import type { QueryArrayResult } from 'pg';
import type { RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { StoredRecord } from '../archive.ts';
import type { Cell } from '../sql/records.ts';
import { toRecords } from '../sql/records.ts';
import { pageStatement } from '../sql/rows.ts';
import { type Client, type Database, toCells } from './database.ts';
import { postgresDialect } from './dialect.ts';
import { explainFault } from './faults.ts';

type Batch = QueryArrayResult<Cell[]>;

const ROWS_A_BATCH = 1_000;

/**
 * Every row of a query in order, in one snapshot, fetched from a cursor as batches are taken: memory stays flat. An
 * iterator that is left early lets go of its connection; `open` knows how to end those still open.
 */
export async function* streamRecords<K extends RecordKind>(
  database: Database,
  place: string,
  open: Set<() => void>,
  query: RowQuery & { readonly kind: K },
): AsyncGenerator<readonly StoredRecord<K>[]> {
  const all = { limit: Number.MAX_SAFE_INTEGER, end: 'first', after: null, before: null } as const;
  const { text, values } = pageStatement(postgresDialect, { ...query, ...all });
  const { client, release } = await database.lend();
  let done = false;
  const letGo = (broken: boolean) => {
    if (done) return;
    done = true;
    open.delete(end);
    release(broken);
  };
  const end = () => letGo(true);
  open.add(end);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`DECLARE rows NO SCROLL CURSOR FOR ${text}`, [...values]);
    for (let next: Promise<Batch> | null = fetch(client); next !== null; ) {
      const batch: Batch = await next;
      // The server reads on while this batch is used; one that is never asked for fails unheard.
      next = batch.rows.length < ROWS_A_BATCH ? null : fetch(client);
      next?.catch(() => undefined);
      if (batch.rows.length > 0) yield toRecords(query.kind, toCells(batch.rows, batch.fields.length));
    }
    await client.query('COMMIT');
    letGo(false);
  } catch (error) {
    throw explainFault(place, error);
  } finally {
    // Left early or failed: closing the connection ends the cursor and its snapshot at once.
    letGo(true);
  }
}

function fetch(client: Client): Promise<Batch> {
  return client.query<Cell[]>({ text: `FETCH ${ROWS_A_BATCH} FROM rows`, rowMode: 'array' });
}
