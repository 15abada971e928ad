import type { PeriodGrid } from '../../records/period.ts';
import type { RowQuery } from '../../records/query.ts';
import { tableName } from '../../records/shape.ts';
import type { PeriodChecksum } from '../archive.ts';
import { checksumOf } from '../digest.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';
import { selectionSql } from './rows.ts';
import { createPeriodReader, periodSql } from './totals.ts';

/** By account and period: account, the period's local start and offset, count, sum of digests, last time of archiving. */
export function checksumsStatement(dialect: Dialect, query: RowQuery, grid: PeriodGrid): Statement {
  const binder = createBinder(dialect);
  const selection = selectionSql(query, binder);
  const outputs = [
    'account',
    ...periodSql(dialect, query, grid),
    'CAST(count(*) AS DOUBLE PRECISION)',
    'CAST(sum(digest) AS VARCHAR)',
    dialect.cell('max(archived_at)', 'time'),
  ];
  const text =
    `SELECT ${outputs.join(', ')} FROM ${tableName[query.kind]} WHERE ${selection}` +
    ' GROUP BY 1, 2, 3 ORDER BY 2, 3 DESC, 1';
  return { text, values: binder.values };
}

/** What a checksums statement answered. */
export function toChecksums(grid: PeriodGrid, cells: Cells): readonly PeriodChecksum[] {
  const periodOf = createPeriodReader(grid);
  return rowsOf(cells).map(([account, local, offset, rows, digests, archivedAt]) => ({
    account: String(account),
    period: periodOf(Number(local), Number(offset))!,
    rows: Number(rows),
    checksum: checksumOf([BigInt(String(digests))]),
    archivedAt: Number(archivedAt),
  }));
}
