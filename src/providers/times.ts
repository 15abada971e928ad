import { describe, exactText, field, type Read } from './wire.ts';

// No bet is older, none is later: year 0001, 57000 and seconds read as milliseconds all fall outside.
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const MINUTE = 60_000;
const BEIJING_MINUTES = 480;

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;
const OFFSET = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})([+-])(\d\d)(\d\d)$/;
const LOCAL = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/;

/** `2023-06-06T22:43:15.682Z`, with or without a fraction, as milliseconds; null where it is no such instant. */
export function parseIso(value: string): number | null {
  const match = ISO.exec(value);
  return match === null ? null : instantOf(match, match[7]);
}

/** `2022-07-03T00:00:00.000+0800` (28 characters) as milliseconds; null where it is no such instant. */
export function parseOffsetTime(value: string): number | null {
  const match = OFFSET.exec(value);
  if (match === null) return null;
  const local = instantOf(match, match[7]);
  const [hours, minutes] = [Number(match[9]), Number(match[10])];
  if (local === null || hours > 14 || minutes > 59) return null;
  const offsetMs = (hours * 60 + minutes) * MINUTE;
  return match[8] === '+' ? local - offsetMs : local + offsetMs;
}

/** `2020-01-01 00:00:00` of Beijing (UTC+8) as milliseconds; null where it is no such instant. */
export function parseBeijing(value: string): number | null {
  const match = LOCAL.exec(value);
  const local = match === null ? null : instantOf(match, undefined);
  return local === null ? null : local - BEIJING_MINUTES * MINUTE;
}

function instantOf(match: RegExpExecArray, fraction: string | undefined): number | null {
  // One by one: lists of them would be made for every time there is.
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  // Date.UTC would roll 30 February, hour 24 and second 60 over, and move the first century by 1900 years.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `2020-01-01T00:00:00.000Z`. */
export function formatIso(at: number): string {
  return new Date(at).toISOString();
}

/** `2020-01-01T00:00:00Z`: whole seconds, the rest cut off. */
export function formatIsoSeconds(at: number): string {
  return `${formatIso(at).slice(0, 19)}Z`;
}

/** `2020-01-01 08:00:00`: Beijing's wall clock in whole seconds, the rest cut off. */
export function formatBeijing(at: number): string {
  return formatIso(at + BEIJING_MINUTES * MINUTE)
    .slice(0, 19)
    .replace('T', ' ');
}

/** `2020-01-01T08:00:00.000+0800` (28 characters). @default offsetMinutes 480 */
export function formatOffsetTime(at: number, offsetMinutes: number = BEIJING_MINUTES): string {
  const distance = Math.abs(offsetMinutes);
  const hours = String(Math.floor(distance / 60)).padStart(2, '0');
  const minutes = String(distance % 60).padStart(2, '0');
  const local = formatIso(at + offsetMinutes * MINUTE).slice(0, 23);
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${hours}${minutes}`;
}

/** An ISO time with `Z`, milliseconds present or not. */
export const isoTime = field<number>((value) =>
  plausible(typeof value === 'string' ? parseIso(value) : null, value),
);

/** A 28-character time with its offset. */
export const offsetTime = field<number>((value) =>
  plausible(typeof value === 'string' ? parseOffsetTime(value) : null, value),
);

/** Milliseconds since the epoch, as a number or its digits. */
export const epochMs = field<number>((value) => plausible(epoch(value), value));

function epoch(value: unknown): number | null {
  const digits = exactText(value);
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}

function plausible(at: number | null, value: unknown): Read<number> {
  if (at !== null && at >= EARLIEST && at < LATEST) return { value: at };
  return { fault: `expected a time from 2000 to 2099, got ${describe(value)}` };
}
