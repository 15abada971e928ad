import type { ClockOffset } from './clock-reading.ts';
import { type Interval, subtract } from './interval.ts';

/** A read that a verdict can rest on: what of the provider's log was asked for, when, and how much came. */
export interface Evidence extends Interval {
  readonly operation: string;
  /** When the request left, by our wall clock. */
  readonly askedAt: number;
  /** What the provider's clock showed at least then; null where it sends no date. */
  readonly providerTime: number | null;
  readonly rows: number;
}

const HOUR_MS = 3_600_000;
/** Where a provider's answers carry no date. */
export const UNKNOWN_OFFSET: ClockOffset = { leastMs: -HOUR_MS, mostMs: HOUR_MS };
/** A provider may have recorded a transfer so long before it was sent by our clock: what no offset explains. */
const BEFORE_MS = 5 * 60_000;
/** A call that has not been recorded this long after it left has ended without effect. */
const AFTER_MS = 10 * 60_000;

/** Where the provider would have recorded what was sent at `sentAt` by our clock, both ends included. */
export function searchedSpan(sentAt: number, offset: ClockOffset | null): Interval {
  const { leastMs, mostMs } = offset ?? UNKNOWN_OFFSET;
  return { from: sentAt + leastMs - BEFORE_MS, to: sentAt + mostMs + AFTER_MS };
}

/** The half-open interval that holds both ends of a span. */
export function bothEnds({ from, to }: Interval): Interval {
  return { from, to: to + 1 };
}

/** The earliest provider time at which a read of the span proves what is not in it. */
export function provableFrom(searched: Interval, settlementLag: number): number {
  return searched.to + settlementLag;
}

/** Whether an interval holds some instant of the span. */
export function touches(searched: Interval, read: Interval): boolean {
  return read.from <= searched.to && searched.from < read.to;
}

/** The reads that leave no part of `searched` out, or null where some part is not among them. */
export function wholeOf<R extends Interval>(searched: Interval, reads: readonly R[]): readonly R[] | null {
  const touching = reads.filter((read) => touches(searched, read));
  return subtract(bothEnds(searched), touching).length === 0 ? touching : null;
}

/** A row set aside unread, as far as a verdict must know. */
export interface SetAside {
  readonly raw: string;
  /** Whether nobody accepted it yet. */
  readonly isWaiting: boolean;
  readonly reason: string;
  /** Whether it lay in what was searched: a body that was no list of rows belongs to no interval. */
  readonly isWithin: boolean;
}

/**
 * Why a row set aside keeps absence from being proven; null where it does not. It may be the transfer itself: it holds
 * the code, or nobody can tell which code it has.
 */
export function doubtOf(code: string, row: SetAside): string | null {
  const texts = textsOf(row.raw);
  if (texts.some((text) => text.includes(code))) {
    return `a row that could not be read holds the code (${row.reason}): look at it before you send the money again`;
  }
  if (!row.isWaiting || !row.isWithin || codeOf(row.raw) !== null) return null;
  return `a row that could not be read may be it (${row.reason}): an admin has to look at it`;
}

/** Every name and value of a JSON text as a reader sees them, escapes resolved; the text itself where it is no JSON. */
function textsOf(raw: string): readonly string[] {
  const texts: string[] = [raw];
  const take = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(take);
    else texts.push(String(value));
  };
  take(parsed(raw));
  return texts;
}

/** The code of a row of its own, where it can be read. */
function codeOf(raw: string): string | null {
  const row = parsed(raw);
  if (typeof row !== 'object' || row === null || !('transactionCode' in row)) return null;
  const { transactionCode } = row;
  return typeof transactionCode === 'string' && transactionCode.trim() !== '' ? transactionCode : null;
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    // What is set aside need not be JSON: its text is looked through as it is.
    return null;
  }
}
