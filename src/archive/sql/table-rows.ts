import type { RecordKind } from '../../records/record.ts';
import { byKind, tableName } from '../../records/shape.ts';
import type { Cells } from './records.ts';

/** How many rows each kind's table has, of cells of names and numbers of tables. */
export function tableRows(tables: Cells): Readonly<Record<RecordKind, number>> {
  const known = new Map(tables.map(([name, rows]) => [name, Number(rows)]));
  return byKind((kind) => known.get(tableName[kind]) ?? 0);
}
