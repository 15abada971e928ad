import type { RequestContext } from '../../graph/context.ts';
import { coverSelection, select } from '../../graph/scope.ts';
import type { Coverage } from '../../records/coverage.ts';
import type { RowQuery } from '../../records/query.ts';
import type { ExportAsk } from './ask.ts';
import { csvHeader, csvLine } from './csv.ts';
import { flatReaders } from './flat-row.ts';
import { ndjsonLine } from './ndjson.ts';
import { parquetCsv, writeParquet } from './parquet.ts';
import { type TextForm, writeText } from './text.ts';

export const exportFormats = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Told how many rows each batch read was. */
  readonly onRows?: (count: number) => void;
}

/** An export whose range was covered as far as it was worth waiting for; no row was read yet. */
export interface OpenExport {
  readonly coverage: Coverage;
  readonly query: RowQuery;
  /** The bytes of one format, in the order of the graph's lists; Parquet comes once its file is whole. */
  read(format: ExportFormat, options?: ReadOptions): Promise<AsyncIterable<Buffer>>;
}

/** Covers an export's range and says what is missing, before a row of it is read. */
export async function openExport(context: RequestContext, ask: ExportAsk): Promise<OpenExport> {
  const selection = await select(context, ask);
  const { coverage } = await coverSelection(context, selection, ask.maxWaitMs);
  const { query } = selection;
  const { columns, kind } = ask;
  const readers = flatReaders(kind, columns, context);
  const write = (form: TextForm, options: ReadOptions) =>
    writeText(context.deps.archive.stream({ ...query, kind }), readers, form, options.onRows);
  return {
    coverage,
    query,
    async read(format, options = {}) {
      const header = csvHeader(columns);
      if (format === 'csv') return write({ header, line: csvLine(columns) }, options);
      if (format === 'ndjson') return write({ header: '', line: ndjsonLine(columns) }, options);
      const csv = write({ header, line: csvLine(columns, parquetCsv) }, options);
      const file = await writeParquet(csv, columns, { signal: options.signal });
      return file.bytes;
    },
  };
}
