/** Where a number lies among the values a column can hold. */
export type Bound =
  /** The largest value of the column that is not above the number, and whether it is the number itself. */
  | { readonly floor: string; readonly exact: boolean }
  /** The number is beyond every value of the column. */
  | 'above'
  | 'below';

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
const MAX_TEXT = 200;

/**
 * Fits a number's text to a column of `digits` integer digits and `scale` decimals without rounding it, so that
 * comparisons stay exact for numbers no row can have. Null where the text is no number.
 */
export function boundOf(text: string, digits: number, scale: number): Bound | null {
  const match = text.length > MAX_TEXT ? null : NUMBER.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const mantissa = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  if (mantissa === 0n) return { floor: '0', exact: true };
  const power = Number(exponent) - fraction.length + scale;
  const limit = 10n ** BigInt(digits + scale);
  if (power > digits + scale) return mantissa > 0n ? 'above' : 'below';
  const units = power >= 0 ? mantissa * 10n ** BigInt(power) : floorDivide(mantissa, 10n ** BigInt(-power));
  if (units >= limit) return 'above';
  if (units <= -limit) return 'below';
  return { floor: spell(units, scale), exact: power >= 0 || units * 10n ** BigInt(-power) === mantissa };
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

function spell(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const text = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
