import type { LineFormat } from '../../records/flat.ts';

/** The exports' names in their addresses. */
export const exportNames = { bets: 'BET', transfers: 'TRANSFER', failures: 'SEQ_NO_FAILURE' } as const;

export const exportFormats = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = LineFormat | 'parquet';
