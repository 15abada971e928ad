import { show } from '../../graph/rows/ids.ts';
import { type Decimal, parseDecimal } from '../../records/decimal.ts';
import { parseDuration } from '../../records/duration.ts';
import { parseInstant } from '../../records/instant.ts';
import { ParameterError } from './parameter-error.ts';

/** A query string, parsed: a parameter given twice is a list. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Refuses a parameter that is not among the known ones. */
export function refuseUnknown(parameters: Parameters, known: readonly string[]): void {
  const stranger = Object.keys(parameters).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new ParameterError(stranger, 'no such parameter', known);
}

/** The text of a parameter given once; null where it is absent. */
export function readText(parameters: Parameters, name: string): string | null {
  const value = parameters[name];
  if (value === undefined) return null;
  if (typeof value !== 'string') throw new ParameterError(name, 'expected once, came several times');
  return value;
}

/** The values of a list: comma-separated, or the parameter repeated; null where it is absent. */
export function readList(parameters: Parameters, name: string): readonly string[] | null {
  const value = parameters[name];
  if (value === undefined) return null;
  const values = [value].flat().flatMap((each) => each.split(','));
  if (values.some((each) => each === '')) throw new ParameterError(name, 'expected values, got an empty one');
  return values;
}

/** Like `readList`, for values out of a fixed list. */
export function readChoices<T extends string>(
  parameters: Parameters,
  name: string,
  allowed: readonly T[],
): readonly T[] | null {
  const values = readList(parameters, name);
  return values === null ? null : values.map((value) => oneOf(name, value, allowed));
}

export function readChoice<T extends string>(
  parameters: Parameters,
  name: string,
  allowed: readonly T[],
): T | null {
  const value = readText(parameters, name);
  return value === null ? null : oneOf(name, value, allowed);
}

export function readFlag(parameters: Parameters, name: string): boolean | null {
  const value = readChoice(parameters, name, ['true', 'false']);
  return value === null ? null : value === 'true';
}

export function readIntegers(parameters: Parameters, name: string): readonly number[] | null {
  const values = readList(parameters, name);
  if (values === null) return null;
  return values.map((value) => {
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    throw new ParameterError(name, `expected whole numbers, got ${show(value)}`);
  });
}

/** One amount, as a list of it; null where it is absent. */
export function readAmount(parameters: Parameters, name: string): readonly [Decimal] | null {
  const text = readText(parameters, name);
  if (text === null) return null;
  const parsed = parseDecimal(text);
  if ('value' in parsed) return [parsed.value];
  throw new ParameterError(name, `expected an amount such as 12.50, got ${show(text)}`);
}

/** A duration such as `500ms`, `3s`, `10m`, in milliseconds; null where it is absent. */
export function readDuration(parameters: Parameters, name: string): number | null {
  const value = readText(parameters, name);
  if (value === null) return null;
  const duration = parseDuration(value);
  if (duration === null)
    throw new ParameterError(name, `expected a duration such as 500ms, 3s or 10m, got ${show(value)}`);
  return duration;
}

const EXPECTED_TIME = 'a date such as 2026-11-01 or a time such as 2026-11-01T06:30:00Z';

/** A required time, in milliseconds; a date means 00:00 UTC. */
export function readTime(parameters: Parameters, name: string): number {
  const instant = readOptionalTime(parameters, name);
  if (instant === null) throw new ParameterError(name, `required: ${EXPECTED_TIME}`);
  return instant;
}

/** As `readTime`; null where it is absent. */
export function readOptionalTime(parameters: Parameters, name: string): number | null {
  const value = readText(parameters, name);
  if (value === null) return null;
  // An offset's plus that was not percent-encoded arrives as a blank.
  const instant = parseInstant(value.replace(' ', '+'));
  if (instant === null) throw new ParameterError(name, `expected ${EXPECTED_TIME}, got ${show(value)}`);
  return instant;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new ParameterError(name, `got ${show(value)}`, allowed);
  return found;
}
