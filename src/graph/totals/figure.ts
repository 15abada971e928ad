import { type Decimal, decimal } from '../../records/decimal.ts';
import type { TotalsRow } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';

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
