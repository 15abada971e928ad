import { BadUserInputError } from '../../errors.ts';
import { type Decimal, decimal, negate, sum } from '../../records/decimal.ts';
import type { SummedColumn, TotalsRow } from '../../records/query.ts';
import { ratioOf } from './ratio.ts';

const ZERO = decimal('0');

/** The row, once it is sure that its money can be added up; a BadUserInputError where currencies are mixed. */
function ofOneCurrency(row: TotalsRow): TotalsRow {
  if (row.currencies.length <= 1) return row;
  throw new BadUserInputError(`group by CURRENCY or filter one; found ${row.currencies.join(', ')}`);
}

/** A sum as the archive has it; null where every value was null. */
export function sumOf(row: TotalsRow, column: SummedColumn): Decimal | null {
  return ofOneCurrency(row).sums[column];
}

/** As `sumOf`, where nothing to add is zero. */
export function amountOf(row: TotalsRow, column: SummedColumn): Decimal {
  return sumOf(row, column) ?? ZERO;
}

export function grossGamingRevenueOf(row: TotalsRow): Decimal {
  return negate(amountOf(row, 'netWin'));
}

export function returnToPlayerOf(row: TotalsRow): Decimal | null {
  const stake = amountOf(row, 'stake');
  return ratioOf(sum(stake, amountOf(row, 'netWin')), stake);
}

export function holdOf(row: TotalsRow): Decimal | null {
  return ratioOf(grossGamingRevenueOf(row), amountOf(row, 'stake'));
}
