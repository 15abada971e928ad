import type { LineFormat } from '../../records/flat.ts';

/** The exports' names in their addresses. */
export const exportNames = { bets: 'BET', transfers: 'TRANSFER', failures: 'SEQ_NO_FAILURE' } as const;

export const exportFormats = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = LineFormat | 'parquet';

/** What one export takes from a caller's budget a minute, whatever its length: the archive's reading of it. */
export const EXPORT_COST = 1_000;
