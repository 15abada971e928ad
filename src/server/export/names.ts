import type { LineFormat } from '../../records/flat.ts';

/** The exports' names in their addresses. */
export const exportNames = { bets: 'BET', transfers: 'TRANSFER', failures: 'SEQ_NO_FAILURE' } as const;

/** Those that are made as a file before they are sent. */
export const fileFormats = ['parquet', 'xlsx'] as const;
export type FileFormat = (typeof fileFormats)[number];

export const exportFormats = ['csv', 'ndjson', ...fileFormats] as const;
export type ExportFormat = LineFormat | FileFormat;

export function isFileFormat(format: ExportFormat): format is FileFormat {
  return fileFormats.some((each) => each === format);
}

/** The most rows of a workbook: a sheet takes ten times as many, the programs that open it do not like to. */
export const MOST_SHEET_ROWS = 100_000;

/** What one export takes from a caller's budget a minute, whatever its length: the archive's reading of it. */
export const EXPORT_COST = 1_000;
