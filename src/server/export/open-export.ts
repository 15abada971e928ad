import type { RequestContext } from '../../graph/context.ts';
import { coverSelection, select } from '../../graph/selection/scope.ts';
import type { Coverage } from '../../records/coverage.ts';
import type { RowQuery } from '../../records/query.ts';
import type { ExportAsk } from './ask.ts';
import { BYTE_ORDER_MARK, csvHeader } from './csv.ts';
import { createFlatWriter, type ReadOptions } from './flat-writer.ts';
import type { ExportFormat } from './names.ts';
import { writeTemporary } from './parquet-file.ts';
import { bytesOf } from './text.ts';

/** An export whose range was covered as far as it was worth waiting for; no row was read yet. */
export interface OpenExport {
  /** Null where no range was asked for. */
  readonly coverage: Coverage | null;
  readonly query: RowQuery;
  /** The bytes of one format, in the order of the graph's lists; Parquet comes once its file is whole. */
  read(format: ExportFormat, options?: ReadOptions): Promise<AsyncIterable<Uint8Array>>;
  /** A Parquet file at `path`. */
  write(path: string, options?: ReadOptions): Promise<void>;
}

// Stands for a range where none was asked for: nothing is read by it.
const NO_RANGE = { from: 0, to: 0 };

/** Covers an export's range and says what is missing, before a row of it is read. */
export async function openExport(context: RequestContext, ask: ExportAsk): Promise<OpenExport> {
  const { range } = ask;
  const selection = await select(context, { ...ask, range: range ?? NO_RANGE });
  const covered = range === null ? null : await coverSelection(context, selection, ask.maxWaitMs);
  const coverage = covered === null ? null : covered.coverage;
  const query: RowQuery = { ...selection.query, range };
  return {
    coverage,
    query,
    async read(format, options = {}) {
      const writer = await createFlatWriter(context, query, ask.columns);
      if (format === 'parquet') return writeTemporary((path) => writer.parquet(path, options));
      if (format === 'ndjson') return bytesOf('', writer.lines(format, options));
      const { bom, ...csv } = ask.csv;
      const header = `${bom ? BYTE_ORDER_MARK : ''}${csvHeader(ask.columns, csv.delimiter)}`;
      return bytesOf(header, writer.lines(format, options, csv));
    },
    async write(path, options = {}) {
      const writer = await createFlatWriter(context, query, ask.columns);
      await writer.parquet(path, options);
    },
  };
}
