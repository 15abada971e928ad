import type { RecordKind } from '../../records/record.ts';
import type { StoredRecord } from '../archive.ts';
import { recordColumns } from './columns.ts';

/** What a statement answers with, by column: times and integers are numbers, decimals and lists text. */
export type Cell = string | number | boolean | null;
export type Cells = readonly (readonly Cell[])[];

/** The stored records of a statement that selects `recordColumns`. */
export function toRecords<K extends RecordKind>(kind: K, cells: Cells): StoredRecord<K>[] {
  const columns = recordColumns[kind].map((column, index) => ({ ...column, cells: cells[index] ?? [] }));
  return (cells[0] ?? []).map((_, row) => {
    const record: Record<string, unknown> = {};
    for (const column of columns) {
      const cell = column.cells[row] ?? null;
      record[column.name] = column.type === 'texts' && cell !== null ? JSON.parse(String(cell)) : cell;
    }
    // `recordColumns` and the record's type are both made from the kind's table of fields.
    return record as unknown as StoredRecord<K>;
  });
}

/** The same cells by row. */
export function rowsOf(cells: Cells): (Cell | undefined)[][] {
  return (cells[0] ?? []).map((_, row) => cells.map((column) => column[row]));
}

/** The same cells with the rows in the opposite order. */
export function reversed(cells: Cells): Cells {
  return cells.map((column) => column.toReversed());
}
