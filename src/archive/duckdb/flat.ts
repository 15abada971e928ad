import type { FlatForm, LineFormat } from '../../records/flat.ts';
import type { PageQuery, Position, RowQuery } from '../../records/query.ts';
import type { Lines, WrittenPage } from '../archive.ts';
import type { Statement } from '../sql/dialect.ts';
import { pageEndStatement } from '../sql/rows.ts';
import { duckDbDialect } from './dialect.ts';
import { copyStatement, jsonPageStatement, linesStatement, shownStatement } from './flat-sql.ts';
import { streamSlices } from './stream.ts';
import type { Thread } from './thread.ts';

// Half a row group of DuckDB's: fewer would have it unpacked once a slice, more would be much to hold at once.
const ROWS_A_SLICE = 40_000;
// DuckDB works at the next slice while one is sent.
const LANES = 2;

/** Flat rows as lines, written by DuckDB itself: no row becomes an object on its way. */
export async function* streamLines(
  call: Thread['call'],
  query: RowQuery,
  form: FlatForm,
  format: LineFormat,
): AsyncGenerator<Lines> {
  const blocks = streamSlices(call, query, {
    before: shownStatement(form),
    statementOf: (slice) => linesStatement(query, slice, form, format),
    rowsASlice: ROWS_A_SLICE,
    next: async (place) => {
      const lines = await call('linesOf', place);
      return lines.length === 0 ? null : lines;
    },
    lanes: LANES,
  });
  for await (const lines of blocks) yield* lines;
}

/** A page's rows as JSON, written by DuckDB itself. */
export async function readJsonPage(
  call: Thread['call'],
  asked: RowQuery & { readonly limit: number; readonly after: Position | null },
  form: FlatForm,
  decimals: 'numbers' | 'strings',
): Promise<WrittenPage> {
  const query: PageQuery = { ...asked, end: 'first', before: null };
  const page = await call('readPage', {
    statement: jsonPageStatement(query, form, decimals),
    end: pageEndStatement(duckDbDialect, { ...query, limit: query.limit + 1 }),
  });
  const [at = null, account = null, key = null] = page.last;
  const follows = page.count > query.limit;
  return {
    count: Math.min(page.count, query.limit),
    bytes: page.bytes,
    end: follows ? { at: Number(at), account: String(account), key: String(key) } : null,
  };
}

/** Flat rows as a Parquet file, written by DuckDB itself; an aborted signal stops it at once. */
export async function copyParquet(
  call: Thread['call'],
  query: RowQuery,
  form: FlatForm,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal | undefined },
): Promise<number> {
  signal?.throwIfAborted();
  const { id: snapshot } = await call('openSnapshot', 1);
  const run = (statement: Statement) => call('runIn', { snapshot, lane: 0, statement });
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= call('closeSnapshot', snapshot);
    return closing;
  };
  const stop = () => void close();
  signal?.addEventListener('abort', stop);
  try {
    const before = shownStatement(form);
    if (before !== null) await run(before);
    await run(copyStatement(query, form, path));
    const cells = await call('nextOf', { snapshot, lane: 0 });
    return Number(cells?.[0]?.[0] ?? 0);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await close();
  }
}
