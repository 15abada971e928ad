/**
 * An exact decimal number as a plain string: optional minus, digits, optionally a point and digits.
 * The scale (digits after the point) is part of the value's spelling and is kept: `0.360000` stays so.
 * Arithmetic is done on bigints; no value ever passes through a float.
 */
export type Decimal = string & { readonly __decimal: unique symbol };

/** The most integer digits and decimals an archived amount may have. */
export const MAX_INTEGER_DIGITS = 20;
export const MAX_SCALE = 18;

// A text longer than this is refused unread: a million digits must not stall the process.
const MAX_TEXT = 80;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

export type DecimalFault = 'not a decimal number' | 'more than 20 integer digits or 18 decimals';

/**
 * Reads a JSON number's or string's exact text, exponents included, without changing its value or scale.
 * Returns the fault's words instead of throwing, since a bad amount quarantines one row and no more.
 */
export function parseDecimal(text: string): { readonly value: Decimal } | { readonly fault: DecimalFault } {
  if (text.length > MAX_TEXT) return { fault: 'more than 20 integer digits or 18 decimals' };
  const match = NUMBER.exec(text);
  if (match === null) return { fault: 'not a decimal number' };
  const [, minus = '', whole = '', fraction = '', exponentText] = match;
  // Most amounts are spelt as they are kept.
  const isPlain = exponentText === undefined && (whole.length === 1 || !whole.startsWith('0'));
  if (isPlain && whole.length <= MAX_INTEGER_DIGITS && fraction.length <= MAX_SCALE) {
    if (minus === '' || /[1-9]/.test(text)) return { value: text as Decimal };
  }
  const exponent = Number(exponentText ?? 0);
  const scale = Math.max(0, fraction.length - exponent);
  const digits = `${whole}${fraction}${'0'.repeat(Math.max(0, exponent - fraction.length))}`;
  const units = BigInt(digits);
  if (scale > MAX_SCALE || integerDigits(units, scale) > MAX_INTEGER_DIGITS) {
    return { fault: 'more than 20 integer digits or 18 decimals' };
  }
  return { value: fromUnits(minus === '-' ? -units : units, scale) };
}

/** The decimal of a literal known to be well formed; throws a RangeError naming what came. */
export function decimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if ('fault' in parsed)
    throw new RangeError(`decimal: expected a plain decimal number, got ${text.slice(0, 40)}`);
  return parsed.value;
}

/** `units × 10^-scale`, spelt with exactly `scale` decimals. */
export function fromUnits(units: bigint, scale: number): Decimal {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return (negative ? `-${text}` : text) as Decimal;
}

/** Digits after the point. */
export function scaleOf(value: Decimal): number {
  const point = value.indexOf('.');
  return point === -1 ? 0 : value.length - point - 1;
}

/** The value as an integer count of `10^-scale`; `scale` must be at least the value's own. */
export function unitsOf(value: Decimal, scale: number = scaleOf(value)): bigint {
  const own = scaleOf(value);
  if (scale < own) throw new RangeError(`unitsOf: expected a scale of at least ${own}, got ${scale}`);
  const units = BigInt(value.replace('.', ''));
  return scale === own ? units : units * 10n ** BigInt(scale - own);
}

/** Exact sum; its scale is the largest summed. The sum of nothing is `0`. */
export function sum(...values: readonly Decimal[]): Decimal {
  const scale = values.reduce((most, value) => Math.max(most, scaleOf(value)), 0);
  return fromUnits(
    values.reduce((total, value) => total + unitsOf(value, scale), 0n),
    scale,
  );
}

/** The same magnitude with the other sign; zero stays unsigned. */
export function negate(value: Decimal): Decimal {
  if (value.startsWith('-')) return value.slice(1) as Decimal;
  return isZero(value) ? value : (`-${value}` as Decimal);
}

/** The quotient, rounded half away from zero to 18 decimals; null by zero. */
export function quotient(value: Decimal, by: Decimal): Decimal | null {
  const scale = Math.max(scaleOf(value), scaleOf(by));
  const [units, parts] = [unitsOf(value, scale) * 10n ** BigInt(MAX_SCALE), unitsOf(by, scale)];
  if (parts === 0n) return null;
  const magnitude = (of: bigint) => (of < 0n ? -of : of);
  const rounded = (2n * magnitude(units) + magnitude(parts)) / (2n * magnitude(parts));
  return fromUnits(units < 0n === parts < 0n ? rounded : -rounded, MAX_SCALE);
}

/** How many whole times one goes into the other; null by zero. */
export function wholeQuotient(value: Decimal, by: Decimal): Decimal | null {
  const scale = Math.max(scaleOf(value), scaleOf(by));
  const parts = unitsOf(by, scale);
  return parts === 0n ? null : fromUnits(unitsOf(value, scale) / parts, 0);
}

/** What is left over of it, with its sign; null by zero. */
export function remainder(value: Decimal, by: Decimal): Decimal | null {
  const scale = Math.max(scaleOf(value), scaleOf(by));
  const parts = unitsOf(by, scale);
  return parts === 0n ? null : fromUnits(unitsOf(value, scale) % parts, scale);
}

/** −1, 0 or 1. */
export function sign(value: Decimal): -1 | 0 | 1 {
  // Zero has no sign.
  if (value.startsWith('-')) return -1;
  return isZero(value) ? 0 : 1;
}

function isZero(value: Decimal): boolean {
  return !/[1-9]/.test(value);
}

/** Whether a computed value still fits what an archive holds (20 integer digits, 18 decimals). */
export function fits(value: Decimal): boolean {
  const scale = scaleOf(value);
  const digits = value.length - (value.startsWith('-') ? 1 : 0) - (scale === 0 ? 0 : scale + 1);
  return scale <= MAX_SCALE && digits <= MAX_INTEGER_DIGITS;
}

function integerDigits(units: bigint, scale: number): number {
  const text = (units < 0n ? -units : units).toString();
  return Math.max(1, text.length - scale);
}
