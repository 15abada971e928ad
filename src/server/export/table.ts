import { BadUserInputError } from '../../errors.ts';
import type { RequestContext } from '../../graph/context.ts';
import type { Coverage } from '../../records/coverage.ts';
import type { LineFormat } from '../../records/flat.ts';
import type { Interval } from '../../records/interval.ts';
import type { CsvAsk } from './ask.ts';
import { BYTE_ORDER_MARK, csvHeader } from './csv.ts';
import type { WrittenColumn } from './flat-row.ts';
import type { FlatWriter, ReadOptions } from './flat-writer.ts';
import { type ExportFormat, type FileFormat, MOST_SHEET_ROWS } from './names.ts';
import type { Parameters } from './parameters.ts';
import { bytesOf } from './text.ts';

/** What one export asks for, read from its parameters and checked; nothing of the archive was read yet. */
export interface AskedTable {
  /** Whether a table with gaps is worse than none. */
  readonly completeRequired: boolean;
  /** What its file is called, without the ending. */
  readonly fileName: string;
  /** Covers its range as far as it is worth waiting for. */
  open(): Promise<OpenTable>;
}

/** A table whose range was covered; no row of it was written yet. */
export interface OpenTable {
  /** Null where no range was asked for. */
  readonly coverage: Coverage | null;
  /** The ETag of one representation (format and encoding); null where it cannot be told whether rows changed. */
  etag(representation: string): Promise<string | null>;
  /** Its bytes, made as they are taken. */
  read(format: LineFormat, options?: ReadOptions): Promise<AsyncIterable<Uint8Array>>;
  /** A file at `path`. Rejects with a BadUserInputError where there are more rows than the format takes. */
  write(format: FileFormat, path: string, options?: ReadOptions): Promise<void>;
}

/** Reads the parameters of a table in one format; throws a BadUserInputError that names the first that is wrong. */
export type ReadTable = (parameters: Parameters, context: RequestContext, format: ExportFormat) => AskedTable;

/** What the ways out of a table are made of. */
export interface Written {
  readonly name: string;
  readonly columns: readonly WrittenColumn[];
  readonly coverage: Coverage | null;
  readonly csv: CsvAsk;
  writer(): Promise<FlatWriter>;
  /** How many rows there are. */
  count(): Promise<number>;
}

/** The ways out of a table that `writer` writes. */
export function waysOut({
  name,
  columns,
  coverage,
  csv: { bom, ...csv },
  writer,
  count,
}: Written): Pick<OpenTable, 'read' | 'write'> {
  const header = `${bom ? BYTE_ORDER_MARK : ''}${csvHeader(columns, csv.delimiter)}`;
  return {
    async read(format, options = {}) {
      const lines = (await writer()).lines(format, options, csv);
      return bytesOf(format === 'csv' ? header : '', lines);
    },
    async write(format, path, options = {}) {
      if (format === 'parquet') return (await writer()).parquet(path, options);
      const rows = await count();
      if (rows > MOST_SHEET_ROWS) throw tooManyRows(name, rows);
      // Loading what writes workbooks takes a third of a second, which a start can do without.
      const { writeWorkbook } = await import('./workbook.ts');
      await writeWorkbook(path, { name, columns, coverage, rows: (await writer()).values(options) }, options);
    },
  };
}

function tooManyRows(name: string, rows: number): BadUserInputError {
  const most = MOST_SHEET_ROWS.toLocaleString('en');
  return new BadUserInputError(
    `a workbook holds at most ${most} rows, got ${rows.toLocaleString('en')}: ask for a shorter range, for totals.xlsx, or for ${name}.csv`,
  );
}

/** A file's name with the times it is of, as ISO 8601 without what a day does not need. */
export function fileNameOf(name: string, range: Interval | null, changedSince: number | null): string {
  const times = range === null ? [changedSince ?? 0] : [range.from, range.to];
  const spelt = times.map((at) =>
    new Date(at)
      .toISOString()
      .replace(/T00:00:00\.000Z$/, '')
      .replace(/\.000Z$/, 'Z')
      .replaceAll(':', ''),
  );
  return `${name}_${range === null ? 'since_' : ''}${spelt.join('_')}`;
}
