import { isLosslessNumber } from 'lossless-json';
import { z } from 'zod';
import { UpstreamError } from '../errors.ts';
import { type Decimal, parseDecimal } from '../records/decimal.ts';
import { readJson } from './json.ts';

/** How much of an unreadable body is kept for the quarantine. */
const RAW_KEPT = 2_000;
const QUOTED = 40;

/**
 * Reads a provider's body without losing a digit of any number. What is not JSON (an HTML page of a firewall, an
 * answer cut short) throws an UpstreamError to retry, with code `NOT_JSON` and the body's beginning as `raw`.
 * `who` opens the message: `vp-main: /v2/betlogs`.
 */
export function parseBody(who: string, text: string): unknown {
  return readJson(text, (cause) => unreadable(who, text, 'JSON', cause));
}

/** The error of a body that is not what it should be, such as JSON or CSV: to retry, with its beginning as `raw`. */
export function unreadable(
  who: string,
  text: string,
  what: 'JSON' | 'CSV' | 'XML',
  cause?: unknown,
): UpstreamError {
  return new UpstreamError(`${who} expected ${what}, got ${text.length} characters of something else`, {
    action: 'retry',
    upstreamCode: `NOT_${what}`,
    raw: text.slice(0, RAW_KEPT),
    cause,
  });
}

/** A value as messages name it, cut short: `""`, `null`, `a list`, `"1,234.50"`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isLosslessNumber(value)) return clipped(value.value);
  if (typeof value === 'string') return `"${clipped(value)}"`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function clipped(text: string): string {
  return text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}…`;
}

/** The exact text of a JSON number or string; undefined for everything else. */
export function exactText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isLosslessNumber(value) ? value.value : undefined;
}

/** A value read from the wire, or the words for what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly fault: string };

/** Reads one wire value. */
export type Reader<T> = (value: unknown) => Read<T>;

// Reading without zod what a field's schema reads: a page has hundreds of thousands of fields.
const readers = new WeakMap<z.ZodType, Reader<unknown>>();

/** A function that reads one value as the schema does, and faster. */
export function readerOf<T>(schema: z.ZodType<T>): Reader<T> {
  const known = readers.get(schema) as Reader<T> | undefined;
  if (known !== undefined) return known;
  return (value) => {
    const parsed = schema.safeParse(value);
    return parsed.success
      ? { value: parsed.data }
      : { fault: parsed.error.issues[0]?.message ?? 'does not fit' };
  };
}

/** A schema from a function that reads one wire value; the building block of every field below. */
export function field<T>(read: Reader<T>): z.ZodType<T> {
  const schema = z.unknown().transform((value, context) => {
    const result = read(value);
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.fault });
    return z.NEVER;
  });
  readers.set(schema, read);
  return schema;
}

// PostgreSQL cannot hold U+0000, and a lone surrogate would be stored as another character.
const UNSTORABLE = /\0|\p{Surrogate}/u;

function readText(value: unknown): Read<string> {
  const exact = exactText(value);
  if (exact === undefined) return { fault: `expected text, got ${describe(value)}` };
  const unstorable = UNSTORABLE.exec(exact)?.[0];
  if (unstorable !== undefined) return { fault: `expected text, got text with ${codePointOf(unstorable)}` };
  return { value: exact };
}

/** How messages spell a character that cannot be shown: `U+D800`. */
function codePointOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text, or a number's exact spelling: an id beyond 2^53 stays what it is. May be empty. */
export const text = field(readText);

/** Text that is not empty: keys, usernames, currencies. */
export const filledText = field((value) =>
  exactText(value) === '' ? { fault: 'expected text, got ""' } : readText(value),
);

/** An amount, from a JSON number or a string: plain or with an exponent, never a locale's form. */
export const decimalField = field<Decimal>((value) => {
  const exact = exactText(value);
  if (exact === undefined) return { fault: `expected an amount, got ${describe(value)}` };
  const parsed = parseDecimal(exact);
  return 'value' in parsed ? parsed : { fault: `${parsed.fault}: ${describe(value)}` };
});

/** A whole number within ±2^53, from a JSON number or a string of digits. */
export const integer = field<number>((value) => {
  const exact = exactText(value);
  const number = exact !== undefined && /^-?\d{1,16}$/.test(exact) ? Number(exact) : Number.NaN;
  if (!Number.isSafeInteger(number)) return { fault: `expected a whole number, got ${describe(value)}` };
  return { value: number === 0 ? 0 : number };
});

/** A list of values that are looked at one by one later. */
export const list = z.array(z.unknown());

/** A list of fields; the whole list is refused when one of them is wrong. */
export function listOf<T>(schema: z.ZodType<T>): z.ZodType<readonly T[]> {
  const read = readerOf(schema);
  return field((value) => {
    if (!Array.isArray(value)) return { fault: `expected a list, got ${describe(value)}` };
    const values: T[] = [];
    for (const each of value) {
      const result = read(each);
      if ('fault' in result) return result;
      values.push(result.value);
    }
    return { value: values };
  });
}

const nothing = { value: null };

/** Absent and null become null; whatever is there must be right. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | null> {
  const read = readerOf(schema);
  const lenient = schema.nullish().transform((value) => value ?? null);
  readers.set(lenient, (value) => (value === null || value === undefined ? nothing : read(value)));
  return lenient;
}

/** A zod error's first issue, opened by the field it is about; by `whole` where it is about no single field. */
export function firstFault(error: z.ZodError, whole = 'row'): string {
  const issue = error.issues[0];
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? whole : path}: ${issue?.message ?? 'does not fit'}`;
}
