import type { FlatForm } from '../../records/flat.ts';
import type { RowQuery } from '../../records/query.ts';
import { copyStatement, linesStatement, shownStatement } from './flat-sql.ts';
import { streamCells } from './stream.ts';
import type { Thread } from './thread.ts';

// Half a row group of DuckDB's: fewer would have it unpacked once a slice, more would be much to sort at once.
const ROWS_A_SLICE = 60_000;

/** Flat rows as lines, written by DuckDB itself: no row becomes an object on its way. */
export async function* streamLines(
  call: Thread['call'],
  query: RowQuery,
  form: FlatForm,
  format: 'csv' | 'ndjson',
): AsyncGenerator<readonly string[]> {
  const statements = {
    before: shownStatement(form),
    statementOf: (slice: Parameters<typeof linesStatement>[1]) => linesStatement(query, slice, form, format),
    rowsASlice: ROWS_A_SLICE,
  };
  for await (const [lines = []] of streamCells(call, query, statements)) yield lines as readonly string[];
}

/** Flat rows as a Parquet file, written by DuckDB itself; an aborted signal stops it at once. */
export async function copyParquet(
  call: Thread['call'],
  query: RowQuery,
  form: FlatForm,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal | undefined },
): Promise<number> {
  signal?.throwIfAborted();
  const snapshot = await call('openSnapshot', undefined);
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= call('closeSnapshot', snapshot);
    return closing;
  };
  const stop = () => void close();
  signal?.addEventListener('abort', stop);
  try {
    const before = shownStatement(form);
    if (before !== null) await call('runIn', { snapshot, statement: before });
    await call('runIn', { snapshot, statement: copyStatement(query, form, path) });
    const cells = await call('nextOf', snapshot);
    return Number(cells?.[0]?.[0] ?? 0);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await close();
  }
}
