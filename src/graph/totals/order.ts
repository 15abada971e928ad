import { BadUserInputError } from '../../errors.ts';
import { type Decimal, decimal, negate, sign, sum } from '../../records/decimal.ts';
import { groupFields, type TotalsRow } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { TotalsOrder } from './type.ts';

/** A figure that rows of totals can be ordered by. */
export interface Figure<Row> {
  /** Whether it compares within one currency alone. */
  readonly isMoney: boolean;
  /** The archive's sums it is made of. */
  readonly sums: readonly string[];
  /** Null where the row has none. */
  of(row: Row): Decimal | null;
}

export type Figures<K extends RecordKind, Measure extends string> = Readonly<
  Record<Measure, Figure<TotalsRow<K>>>
>;

export function countFigure<Row>(count: (row: Row) => number | null): Figure<Row> {
  return {
    isMoney: false,
    sums: [],
    of(row) {
      const counted = count(row);
      return counted === null ? null : decimal(String(counted));
    },
  };
}

export function moneyFigure<Row>(of: (row: Row) => Decimal | null, ...sums: readonly string[]): Figure<Row> {
  return { isMoney: true, sums, of };
}

type Value = string | number | boolean | null;

/** Rows by period, oldest first, then by the dimensions as listed; an absent value comes first. */
export function orderRows<Row extends TotalsRow>(
  kind: RecordKind,
  rows: readonly Row[],
  groupBy: readonly string[],
): Row[] {
  const known: Readonly<Record<string, string>> = groupFields[kind];
  const fields = groupBy.map((dimension) => known[dimension]).filter((field) => field !== undefined);
  return [...rows].sort((a, b) => {
    const byPeriod = (a.period?.from ?? 0) - (b.period?.from ?? 0);
    if (byPeriod !== 0) return byPeriod;
    const orders = fields.map((field) => compareValues(fieldIn(a, field), fieldIn(b, field)));
    return orders.find((order) => order !== 0) ?? 0;
  });
}

/** Rows by a figure; rows without it last, equals as they were. Money of several currencies is a BadUserInputError. */
export function orderRowsBy<K extends RecordKind, Measure extends string>(
  rows: readonly TotalsRow<K>[],
  { by, direction }: TotalsOrder<Measure>,
  figures: Figures<K, Measure>,
): TotalsRow<K>[] {
  const figure = figures[by];
  if (figure.isMoney) checkOneCurrency(rows, by);
  const ranked = rows.map((row) => ({ row, value: figure.of(row) }));
  const turn = direction === 'ASC' ? 1 : -1;
  ranked.sort(({ value: a }, { value: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return turn * sign(sum(a, negate(b)));
  });
  return ranked.map(({ row }) => row);
}

function checkOneCurrency(rows: readonly TotalsRow[], by: string): void {
  const currencies = [...new Set(rows.flatMap((row) => row.currencies))].sort();
  if (currencies.length <= 1) return;
  throw new BadUserInputError(
    `orderBy: expected rows of one currency to order by ${nameOf(by)}; filter one; found ${currencies.join(', ')}`,
  );
}

/** A measure as the graph spells it. */
function nameOf(measure: string): string {
  return measure.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function fieldIn(row: TotalsRow, field: string): Value {
  return (row as unknown as Readonly<Record<string, Value>>)[field] ?? null;
}

function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
