import { BadUserInputError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import { show } from '../rows/ids.ts';

/** What a request waits for missing data where it does not say. */
export const DEFAULT_MAX_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 86_400_000;
const LONGEST_TEXT = 512;

/** The range itself, once it is sure that it holds an instant; else a BadUserInputError naming `field`. */
export function checkRange(field: string, range: Interval): Interval {
  if (range.from < range.to) return { from: range.from, to: range.to };
  const [from, to] = [range.from, range.to].map((at) => new Date(at).toISOString());
  throw new BadUserInputError(`${field}: expected from to be earlier than to, got from ${from} and to ${to}`);
}

/** A text that names something; empty or overlong ones throw a BadUserInputError naming `field`. */
export function checkText(field: string, text: string): string {
  if (text === '') throw new BadUserInputError(`${field}: expected a text, got ""`);
  if (text.length <= LONGEST_TEXT) return text;
  throw new BadUserInputError(
    `${field}: expected at most ${LONGEST_TEXT} characters, got ${text.length.toString()}`,
  );
}

/**
 * A filter's values, or null where it is left out. An empty list throws a BadUserInputError: whether it means
 * everything or nothing, half of those who send one would be misled.
 */
export function checkList<T>(field: string, values: readonly T[] | null | undefined): readonly T[] | null {
  if (values === null || values === undefined) return null;
  if (values.length === 0) {
    throw new BadUserInputError(`${field}: expected at least one value (or leave it out), got an empty list`);
  }
  for (const value of values) if (typeof value === 'string') checkText(field, value);
  return values;
}

/** How long to wait, in milliseconds; null means the default. */
export function checkMaxWait(maxWait: number | null | undefined): number {
  const waitMs = maxWait ?? DEFAULT_MAX_WAIT_MS;
  if (waitMs <= LONGEST_WAIT_MS) return waitMs;
  throw new BadUserInputError(`maxWait: expected at most "1d", got "${waitMs}ms"`);
}

/** An IANA time zone's name; null means UTC. Any other throws a BadUserInputError. */
export function checkTimeZone(zone: string | null | undefined): string {
  const name = zone ?? 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadUserInputError(
      `timeZone: expected an IANA time zone such as "Asia/Manila", got ${show(name)}`,
    );
  }
}

/** `06:00` as milliseconds since local midnight; null means midnight. */
export function checkTimeOfDay(field: string, text: string | null | undefined): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text ?? '00:00');
  if (match !== null) return (Number(match[1]) * 60 + Number(match[2])) * 60_000;
  throw new BadUserInputError(`${field}: expected a time of day such as "06:00", got ${show(text ?? '')}`);
}
