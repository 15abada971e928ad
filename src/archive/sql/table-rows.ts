import { type RecordKind, recordKinds } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { Cells } from './records.ts';

/** How many rows each kind's table has, of cells of names and numbers of tables. */
export function tableRows(tables: Cells): Record<RecordKind, number> {
  const known = new Map(tables.map(([name, rows]) => [name, Number(rows)]));
  const counts = recordKinds.map((kind) => [kind, known.get(tableName[kind]) ?? 0]);
  return Object.fromEntries(counts) as Record<RecordKind, number>;
}
