import type { Lines } from '../../archive/archive.ts';
import type { RequestContext } from '../../graph/context.ts';
import type { ShownName } from '../../records/expression.ts';
import type { FlatColumn, FlatForm, LineFormat } from '../../records/flat.ts';
import type { RowQuery } from '../../records/query.ts';
import { type CsvOptions, csvHeader, csvLine } from './csv.ts';
import { type FlatValue, flatReaders, type WrittenColumn } from './flat-row.ts';
import { ndjsonLine } from './ndjson.ts';
import { bytesOf } from './text.ts';

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Told how many rows each batch read was. */
  readonly onRows?: (count: number) => void;
}

/** Writes one query's flat rows as its viewer may see them. */
export interface FlatWriter {
  /** Batches of lines, read as they are taken. */
  lines(format: LineFormat, options: ReadOptions, csv?: CsvOptions): AsyncIterable<Lines>;
  /** A Parquet file at `path`. */
  parquet(path: string, options: ReadOptions): Promise<void>;
  /** Batches of rows as values, in the order of the columns. */
  values(options: ReadOptions): AsyncIterable<readonly (readonly FlatValue[])[]>;
}

/** Lets the archive write, where it can and what the viewer is shown needs no hand of ours; else writes row by row. */
export async function createFlatWriter(
  context: RequestContext,
  query: RowQuery,
  columns: readonly FlatColumn[],
): Promise<FlatWriter> {
  const { archive } = context.deps;
  const { writeLines, writeParquet } = archive;
  const byRows = createRowWriter(context, query, columns);
  // Sealed texts are made here, and failures are few.
  if (query.kind === 'SEQ_NO_FAILURE' && !context.viewer.readsPlayers) return byRows;
  const form = await formOf(context, columns);
  return {
    values: byRows.values,
    lines: (format, options, csv) =>
      writeLines === undefined || !isPlain(csv)
        ? byRows.lines(format, options, csv)
        : counted(writeLines(query, form, format), options),
    async parquet(path, options) {
      if (writeParquet === undefined) return byRows.parquet(path, options);
      options.onRows?.(await writeParquet(query, form, path, options.signal));
    },
  };
}

/** Whether CSV is as the archive writes it. */
function isPlain({ guard = true, delimiter = ',' }: CsvOptions = {}): boolean {
  return guard && delimiter === ',';
}

function createRowWriter(
  context: RequestContext,
  query: RowQuery,
  columns: readonly FlatColumn[],
): FlatWriter {
  const readers = flatReaders(query.kind, columns, context);
  return createValueWriter(columns, async function* () {
    for await (const batch of context.deps.archive.stream({ ...query })) {
      yield batch.map((row) => readers.map((read) => read(row)));
    }
  });
}

/** Writes rows that come as values, in the order of the columns; `batches` begins anew each time. */
export function createValueWriter(
  columns: readonly WrittenColumn[],
  batches: () => AsyncIterable<readonly (readonly FlatValue[])[]>,
): FlatWriter {
  async function* write(line: ReturnType<typeof csvLine>): AsyncGenerator<Lines> {
    for await (const batch of batches()) {
      yield { count: batch.length, bytes: Buffer.from(batch.map(line).join('')) };
    }
  }

  return {
    lines: (format, options, csv) =>
      counted(write(format === 'csv' ? csvLine(columns, csv) : ndjsonLine(columns)), options),
    async parquet(path, options) {
      // It loads DuckDB into this thread, which a start can do without.
      const { csvToParquet, parquetCsv } = await import('./parquet.ts');
      const lines = counted(write(csvLine(columns, parquetCsv)), options);
      return csvToParquet(bytesOf(csvHeader(columns), lines), columns, path, options.signal);
    },
    async *values({ onRows }) {
      for await (const batch of batches()) {
        yield batch;
        onRows?.(batch.length);
      }
    },
  };
}

async function formOf(
  { deps, players, viewer }: RequestContext,
  columns: readonly FlatColumn[],
): Promise<FlatForm> {
  const isNamed = columns.some(({ name }) => name === 'player' || name === 'providerUsername');
  const seen = readableColumns({ viewer }, columns);
  if (viewer.readsPlayers || !isNamed) return { columns: seen, shown: null };
  return { columns: seen, shown: await shownNames({ deps, players }) };
}

/** What is shown for every username there is. */
export async function shownNames({
  deps,
  players,
}: Pick<RequestContext, 'deps' | 'players'>): Promise<readonly ShownName[]> {
  const usernames = await deps.archive.usernames(null);
  return usernames.map(({ account, username }) => ({
    account,
    username,
    player: players.shown(account, username),
    providerUsername: players.shownUsername(account, username),
  }));
}

/** The columns with nothing behind those whose values the viewer may not read. */
export function readableColumns(
  { viewer }: Pick<RequestContext, 'viewer'>,
  columns: readonly FlatColumn[],
): readonly FlatColumn[] {
  return columns.map((column) =>
    column.name === 'raw' && !viewer.readsRaw ? { ...column, stored: null } : column,
  );
}

async function* counted(batches: AsyncIterable<Lines>, { onRows }: ReadOptions): AsyncGenerator<Lines> {
  for await (const lines of batches) {
    yield lines;
    onRows?.(lines.count);
  }
}
