import type { FlatValue, WrittenColumn } from './flat-row.ts';

/**
 * Writes one row as a line of JSON, every column present: decimals as strings with every digit, times as
 * ISO 8601 in UTC with milliseconds.
 */
export function ndjsonLine(columns: readonly WrittenColumn[]): (values: readonly FlatValue[]) => string {
  const starts = columns.map(({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const cells = columns.map(({ type }) => (value: FlatValue): string => {
    if (value === null) return 'null';
    if (type === 'time') return `"${new Date(value as number).toISOString()}"`;
    if (type === 'text' || type === 'date') return JSON.stringify(value);
    return type === 'decimal' ? `"${value}"` : String(value);
  });
  return (values) => `${starts.map((start, at) => start + cells[at]!(values[at] ?? null)).join('')}}\n`;
}
