import type { RecordKind } from '../../records/record.ts';
import type { Column } from '../../records/shape.ts';
import type { StoredRecord } from '../archive.ts';
import { recordColumns } from './columns.ts';

/** What a statement answers with, by column: times and integers are numbers, decimals and lists text. */
export type Cell = string | number | boolean | null;
export type Cells = readonly (readonly Cell[])[];

/** The stored records of a statement that selects these columns; what it does not select throws when it is read. */
export function toRecords<K extends RecordKind>(
  kind: K,
  cells: Cells,
  selected: readonly Column[] = recordColumns[kind],
): StoredRecord<K>[] {
  const columns = selected.map((column, index) => ({ ...column, cells: cells[index] ?? [] }));
  const unread = unreadColumns(kind, selected);
  return (cells[0] ?? []).map((_, row) => {
    const record: Record<string, unknown> = unread === null ? {} : Object.create(unread);
    for (const column of columns) {
      const cell = column.cells[row] ?? null;
      record[column.name] = column.type === 'texts' && cell !== null ? JSON.parse(String(cell)) : cell;
    }
    // `recordColumns` and the record's type are both made from the kind's table of fields.
    return record as unknown as StoredRecord<K>;
  });
}

/** What rows inherit that lack some columns: null would pass for a value. */
function unreadColumns(kind: RecordKind, selected: readonly Column[]): object | null {
  const unread = recordColumns[kind].filter((column) => !selected.includes(column));
  if (unread.length === 0) return null;
  const prototype = {};
  for (const { name } of unread) {
    Object.defineProperty(prototype, name, {
      get() {
        throw new TypeError(`${kind}: ${name} was not among the columns asked for`);
      },
    });
  }
  return prototype;
}

/** The same cells by row. */
export function rowsOf(cells: Cells): (Cell | undefined)[][] {
  return (cells[0] ?? []).map((_, row) => cells.map((column) => column[row]));
}

/** The same cells with the rows in the opposite order. */
export function reversed(cells: Cells): Cells {
  return cells.map((column) => column.toReversed());
}
