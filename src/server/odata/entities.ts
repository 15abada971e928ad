import type { Lines } from '../../archive/archive.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { type NamedRow, operandValue } from './evaluate.ts';
import type { OrderTerm } from './filter.ts';
import { matches, orderOf } from './matches.ts';
import { ODataError } from './odata-error.ts';
import type { QueryOptions } from './options.ts';

/** A page of entities: the values of the selected properties, in their order. */
export interface EntityPage {
  readonly rows: readonly (readonly FlatValue[])[];
  /** For each row the entities within it, in the order in which they were asked for. @default none */
  readonly within?: readonly (readonly (readonly FlatValue[] | null)[])[];
  /** The rows as the archive wrote them instead: JSON objects with commas between them. */
  readonly written?: Lines;
  /** How many there are over all pages; null unless it was asked. */
  readonly count: number | null;
  /** The `$skiptoken` of the next page; null where this is the last. */
  readonly next: string | null;
}

/** Answers a query from rows that are all in memory. */
export function pageOf(rows: readonly NamedRow[], options: QueryOptions, pageSize: number): EntityPage {
  const { filter, select, skip, top, skipToken } = options;
  const kept = filter === null ? rows : rows.filter((row) => matches(filter, row));
  const wanted = sorted(kept, options.orderBy, (row) => row).slice(
    skip,
    top === null ? undefined : skip + top,
  );
  const from = skipToken === null ? 0 : readOffset(skipToken);
  const page = wanted.slice(from, from + pageSize);
  const next = from + pageSize < wanted.length ? String(from + pageSize) : null;
  return {
    rows: page.map((row) => select.map(({ name }) => row[name] ?? null)),
    count: options.count ? kept.length : null,
    next,
  };
}

/** Items in the order of the terms; those that no term tells apart stay as they were. */
export function sorted<T>(
  items: readonly T[],
  terms: readonly OrderTerm[],
  rowOf: (item: T) => NamedRow,
): readonly T[] {
  return terms.length === 0 ? items : items.toSorted((a, b) => comparison(terms, rowOf(a), rowOf(b)));
}

function comparison(terms: readonly OrderTerm[], a: NamedRow, b: NamedRow): number {
  for (const { operand, descending } of terms) {
    const sign = orderOf(operand.type, operandValue(operand, a), operandValue(operand, b));
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

function readOffset(token: string): number {
  if (/^\d{1,12}$/.test(token)) return Number(token);
  throw new ODataError('$skiptoken', 'expected one this service gave out');
}
