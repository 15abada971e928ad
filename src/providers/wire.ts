import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { UpstreamError } from '../errors.ts';
import { type Decimal, parseDecimal } from '../records/decimal.ts';
import type { Quarantined } from '../records/record.ts';

/** How much of an unreadable body is kept for the quarantine. */
const RAW_KEPT = 2_000;
const QUOTED = 40;

/**
 * Reads a provider's body without losing a digit of any number. What is no JSON (an HTML page of a firewall, a cut
 * answer) throws an UpstreamError to retry, with code `NOT_JSON` and the body's beginning as `raw`.
 * `who` opens the message: `vp-main: /v2/betlogs`.
 */
export function parseBody(who: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const raw = text.slice(0, RAW_KEPT);
    throw new UpstreamError(`${who} expected JSON, got ${text.length} characters of something else`, {
      action: 'retry',
      upstreamCode: 'NOT_JSON',
      raw,
      cause,
    });
  }
}

/** Compact JSON of what `parseBody` read: key order and every digit kept. */
export function toCompactJson(value: unknown): string {
  return stringify(value) ?? 'null';
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

/** A schema from a function that reads one wire value; the building block of every field below. */
export function field<T>(read: (value: unknown) => Read<T>): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const result = read(value);
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.fault });
    return z.NEVER;
  });
}

// PostgreSQL cannot hold U+0000, and a lone surrogate would be stored as another character.
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Text, or a number's exact spelling: an id beyond 2^53 stays what it is. May be empty. */
export const text = field<string>((value) => {
  const exact = exactText(value);
  if (exact === undefined) return { fault: `expected text, got ${describe(value)}` };
  if (UNSTORABLE.test(exact)) return { fault: 'expected text, got characters that are none' };
  return { value: exact };
});

/** Text that is not empty: keys, usernames, currencies. */
export const filledText = text.refine((value) => value !== '', 'expected text, got ""');

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

/** Absent and null become null; whatever is there must be right. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | null> {
  return schema.nullish().transform((value) => value ?? null);
}

/** What a mapping gives instead of a record when computed values do not fit; it opens with the field's name. */
export interface RowFault {
  readonly fault: string;
}

export interface ReadRows<R> {
  readonly rows: readonly R[];
  readonly quarantined: readonly Quarantined[];
}

/**
 * Reads a page's rows one by one: a row that fails its schema or its mapping is set aside whole, with a reason that
 * names the field, and the others stand. Fields nobody knows are tolerated; `raw` keeps them.
 */
export function readRows<W, R extends object>(
  values: readonly unknown[],
  schema: z.ZodType<W>,
  toRecord: (wire: W, raw: string) => R | RowFault,
): ReadRows<R> {
  const rows: R[] = [];
  const quarantined: Quarantined[] = [];
  for (const value of values) {
    const raw = toCompactJson(value);
    const record = readRow(value, raw, schema, toRecord);
    if (isFault(record)) quarantined.push({ reason: record.fault, raw });
    else rows.push(record);
  }
  return { rows, quarantined };
}

function readRow<W, R extends object>(
  value: unknown,
  raw: string,
  schema: z.ZodType<W>,
  toRecord: (wire: W, raw: string) => R | RowFault,
): R | RowFault {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isLosslessNumber(value)) {
    return { fault: `row: expected an object, got ${describe(value)}` };
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? toRecord(parsed.data, raw) : { fault: firstFault(parsed.error) };
}

function isFault(record: object): record is RowFault {
  return 'fault' in record;
}

/** A zod error's first issue, opened by the field it is about; by `whole` where it is about no single field. */
export function firstFault(error: z.ZodError, whole = 'row'): string {
  const issue = error.issues[0];
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? whole : path}: ${issue?.message ?? 'does not fit'}`;
}
