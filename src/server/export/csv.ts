import type { FlatValue, WrittenColumn } from './flat-row.ts';

export interface CsvOptions {
  /** Whether text that a spreadsheet would run as a formula gets a leading `'`. @default true */
  readonly guard?: boolean;
  /** How a null is written; a text that says the same is quoted. @default the empty text */
  readonly nullText?: string;
  /** What stands between cells. @default ',' */
  readonly delimiter?: string;
}

/** By which spreadsheets know that a file is UTF-8. */
export const BYTE_ORDER_MARK = '\ufeff';

const NEEDS_QUOTES = /["\r\n]/;
const FORMULA = /^[=+\-@\t\r]/;

/** The header line of RFC 4180, its CRLF included. */
export function csvHeader(columns: readonly { readonly name: string }[], delimiter = ','): string {
  return `${columns.map((column) => column.name).join(delimiter)}\r\n`;
}

/**
 * Writes one row as a line of RFC 4180, its CRLF included. A null is an empty cell, an empty text is `""`; times
 * are ISO 8601 in UTC with milliseconds; decimals keep every digit.
 */
export function csvLine(
  columns: readonly WrittenColumn[],
  options: CsvOptions = {},
): (values: readonly FlatValue[]) => string {
  const { guard = true, nullText = '', delimiter = ',' } = options;
  const isQuoted = (text: string) => text === nullText || NEEDS_QUOTES.test(text) || text.includes(delimiter);
  const quote = (text: string): string => (isQuoted(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cells = columns.map(({ type }) => (value: FlatValue): string => {
    if (value === null) return nullText;
    if (type === 'time') return new Date(value as number).toISOString();
    if (type !== 'text') return String(value);
    const text = value as string;
    return quote(guard && FORMULA.test(text) ? `'${text}` : text);
  });
  return (values) => `${cells.map((cell, at) => cell(values[at] ?? null)).join(delimiter)}\r\n`;
}
