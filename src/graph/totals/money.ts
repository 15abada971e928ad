import { BadUserInputError } from '../../errors.ts';
import { type Decimal, decimal, fromUnits, negate, scaleOf, sum, unitsOf } from '../../records/decimal.ts';
import type { Sums, TotalsRow } from '../../records/query.ts';

const ZERO = decimal('0');

/** A row with sums of money by these names. */
export interface MoneyRow<Name extends string> {
  readonly currencies: readonly string[];
  readonly sums: Sums<Name>;
}

/** The row, once it is sure that its money can be added up; a BadUserInputError where currencies are mixed. */
function ofOneCurrency<Row extends MoneyRow<string>>(row: Row): Row {
  if (row.currencies.length <= 1) return row;
  throw new BadUserInputError(`group by CURRENCY or filter one; found ${row.currencies.join(', ')}`);
}

/** A sum as the archive has it; null where every value was null. Throws where the query to the archive did not ask for it. */
export function sumOf<Name extends string>(row: MoneyRow<Name>, name: Name): Decimal | null {
  const { sums } = ofOneCurrency(row);
  if (!(name in sums))
    throw new Error(`totals: expected the sum ${name}, which the archive was not asked for`);
  return sums[name];
}

/** As `sumOf`, where nothing to add is zero. */
export function amountOf<Name extends string>(row: MoneyRow<Name>, name: Name): Decimal {
  return sumOf(row, name) ?? ZERO;
}

export function grossGamingRevenueOf(row: TotalsRow<'BET'>): Decimal {
  return negate(amountOf(row, 'netWin'));
}

export function returnToPlayerOf(row: TotalsRow<'BET'>): Decimal | null {
  const stake = amountOf(row, 'stake');
  return ratioOf(sum(stake, amountOf(row, 'netWin')), stake);
}

export function holdOf(row: TotalsRow<'BET'>): Decimal | null {
  return ratioOf(grossGamingRevenueOf(row), amountOf(row, 'stake'));
}

/** Decimals of a ratio. */
const RATIO_SCALE = 6;

/** `part / whole` to six decimals, halves to the even digit; null where `whole` is zero. */
function ratioOf(part: Decimal, whole: Decimal): Decimal | null {
  const scale = Math.max(scaleOf(part), scaleOf(whole));
  const divisor = unitsOf(whole, scale);
  if (divisor === 0n) return null;
  const dividend = unitsOf(part, scale) * 10n ** BigInt(RATIO_SCALE);
  return fromUnits(divideHalfEven(dividend, divisor), RATIO_SCALE);
}

function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const [above, below] = [magnitude(dividend), magnitude(divisor)];
  const whole = above / below;
  const twice = (above % below) * 2n;
  const roundsUp = twice > below || (twice === below && whole % 2n === 1n);
  const rounded = roundsUp ? whole + 1n : whole;
  return negative ? -rounded : rounded;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
