import { type Decimal, fromUnits, scaleOf, unitsOf } from '../../records/decimal.ts';

/** Decimals of a ratio. */
export const RATIO_SCALE = 6;

/** `part / whole` to six decimals, halves to the even digit; null where `whole` is zero. */
export function ratioOf(part: Decimal, whole: Decimal): Decimal | null {
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
