import Table from 'cli-table3';
import { fitted, wrap } from './wrap.ts';

/** What a column takes besides its text: a line and a space on either side. */
const FRAME = 3;

/** A plain table: no colours, so that it reads the same in a file; its cells are wrapped to fit `columns`. */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  const widths = fitted([head, ...rows], columns - FRAME * head.length - 1);
  const wrapped = (row: readonly string[]) => row.map((cell, index) => wrap(cell, widths[index] ?? 1));
  const table = new Table({ head: wrapped(head), style: { head: [], border: [] } });
  for (const row of rows) table.push(wrapped(row));
  return `${table.toString()}\n`;
}
