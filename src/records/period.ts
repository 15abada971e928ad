import { Temporal } from '@js-temporal/polyfill';
import { BadUserInputError } from '../errors.ts';
import { type Interval, intersect } from './interval.ts';

export type PeriodUnit = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH';

/** Within `[from, to)` the zone's local time is UTC plus `offsetMs`. */
export interface OffsetPiece extends Interval {
  readonly offsetMs: number;
}

/** How instants fall into a zone's hours, days, ISO weeks (Monday) or months: what an archive needs to group by them. */
export interface PeriodGrid {
  readonly unit: PeriodUnit;
  readonly timeZone: string;
  /** The local time of day at which a business day starts; milliseconds. */
  readonly dayStartsAtMs: number;
  /** The zone's offsets over the asked range: sorted, touching, covering it. */
  readonly pieces: readonly OffsetPiece[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
// The epoch was a Thursday: the Monday of its ISO week came three days before.
const MONDAY_MS = -3 * DAY_MS;

// Longer than a unit: the pieces reach past the asked range by whole periods, so that no period is cut.
const reachMs: Readonly<Record<PeriodUnit, number>> = {
  HOUR: DAY_MS,
  DAY: 3 * DAY_MS,
  WEEK: 2 * WEEK_MS,
  MONTH: 5 * WEEK_MS,
};

/**
 * The grid of a zone's periods over `range`. `dayStartsAtMs` is the local time of day at which business days,
 * and with them weeks and months, start. Throws a BadUserInputError naming a zone that is not there.
 */
export function createPeriodGrid(
  unit: PeriodUnit,
  timeZone: string,
  range: Interval,
  dayStartsAtMs = 0,
): PeriodGrid {
  const reach = { from: range.from - reachMs[unit], to: range.to + reachMs[unit] };
  const pieces = offsetPieces(timeZone, reach);
  const grid = { unit, timeZone, dayStartsAtMs };
  return { ...grid, pieces: unit === 'HOUR' ? pieces : inOneRun(pieces, dayStartsAtMs) };
}

/** The period an instant of the grid falls into. */
export function periodOf(grid: PeriodGrid, instant: number): Interval {
  const { offsetMs } = pieceAt(grid, instant);
  return periodAt(grid, localStart(grid, instant + offsetMs), offsetMs);
}

/**
 * The period whose local start, less `dayStartsAtMs`, is `local` as if it were UTC. An hour is that of the
 * offset `offsetMs`, which tells a repeated one from its first run; longer periods have no need of it.
 */
export function periodAt(grid: PeriodGrid, local: number, offsetMs: number): Interval {
  const next = nextStart(grid.unit, local);
  if (grid.unit !== 'HOUR') return { from: reached(grid, local), to: reached(grid, next) };
  const shift = grid.dayStartsAtMs - offsetMs;
  const hour = { from: local + shift, to: next + shift };
  for (const piece of grid.pieces) {
    const part = piece.offsetMs === offsetMs ? intersect(hour, piece) : null;
    if (part !== null) return part;
  }
  return hour;
}

/** A period's name in its zone: `2026-11`, `2026-W47`, `2026-11-21`, `2026-11-01T01:00-04:00`. */
export function labelOf(grid: PeriodGrid, period: Interval): string {
  const { offsetMs } = pieceAt(grid, period.from);
  if (grid.unit === 'HOUR') return `${isoOf(period.from + offsetMs).slice(0, 16)}${offsetText(offsetMs)}`;
  const local = localStart(grid, period.from + offsetMs);
  if (grid.unit === 'WEEK') return weekLabel(local);
  return isoOf(local).slice(0, grid.unit === 'MONTH' ? 7 : 10);
}

function offsetPieces(timeZone: string, reach: Interval): OffsetPiece[] {
  const pieces: OffsetPiece[] = [];
  let at = zoned(timeZone, reach.from);
  for (let from = reach.from; from < reach.to; ) {
    const offsetMs = at.offsetNanoseconds / 1_000_000;
    const next = at.getTimeZoneTransition('next');
    const to = next === null ? reach.to : Math.min(reach.to, next.epochMilliseconds);
    const last = pieces.at(-1);
    // A zone may change its name or its rule and keep its offset: no new piece for our purpose.
    if (last?.offsetMs === offsetMs) pieces[pieces.length - 1] = { ...last, to };
    else pieces.push({ from, to, offsetMs });
    if (next === null) break;
    at = next;
    from = to;
  }
  return pieces;
}

function zoned(timeZone: string, at: number): Temporal.ZonedDateTime {
  try {
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new BadUserInputError(
      `timeZone: expected an IANA zone such as Asia/Shanghai, got ${timeZone.slice(0, 60)}`,
      { cause },
    );
  }
}

/**
 * Where clocks go back past a day's start, that day would end and begin twice. It begins at the first time: the
 * old offset is kept until the clocks come to its start again.
 */
function inOneRun(pieces: readonly OffsetPiece[], dayStartsAtMs: number): OffsetPiece[] {
  const joined = pieces.map((piece) => ({ ...piece }));
  for (const [index, piece] of joined.entries()) {
    const before = joined[index - 1];
    if (before === undefined || before.offsetMs <= piece.offsetMs) continue;
    const dayStart =
      Math.floor((piece.from + before.offsetMs - 1 - dayStartsAtMs) / DAY_MS) * DAY_MS + dayStartsAtMs;
    if (dayStart <= piece.from + piece.offsetMs) continue;
    before.to = Math.min(piece.to, dayStart - piece.offsetMs);
    piece.from = before.to;
  }
  return joined.filter((piece) => piece.from < piece.to);
}

/** The first instant at which the zone's clocks show the local start or are past it. */
function reached(grid: PeriodGrid, local: number): number {
  const shown = local + grid.dayStartsAtMs;
  const piece = grid.pieces.find((each) => each.to + each.offsetMs > shown) ?? grid.pieces.at(-1);
  return piece === undefined ? shown : Math.max(piece.from, shown - piece.offsetMs);
}

function pieceAt(grid: PeriodGrid, instant: number): OffsetPiece {
  const piece = grid.pieces.find((each) => instant < each.to) ?? grid.pieces.at(-1);
  if (piece === undefined) throw new RangeError('period grid: expected at least one piece, got none');
  return piece;
}

function localStart(grid: PeriodGrid, shown: number): number {
  const local = shown - grid.dayStartsAtMs;
  switch (grid.unit) {
    case 'HOUR':
      return Math.floor(local / HOUR_MS) * HOUR_MS;
    case 'DAY':
      return Math.floor(local / DAY_MS) * DAY_MS;
    case 'WEEK':
      return Math.floor((local - MONDAY_MS) / WEEK_MS) * WEEK_MS + MONDAY_MS;
    case 'MONTH':
      return monthStart(local, 0);
  }
}

function nextStart(unit: PeriodUnit, local: number): number {
  if (unit === 'MONTH') return monthStart(local, 1);
  return local + { HOUR: HOUR_MS, DAY: DAY_MS, WEEK: WEEK_MS }[unit];
}

function monthStart(local: number, months: number): number {
  const date = new Date(local);
  return startOf(date.getUTCFullYear(), date.getUTCMonth() + months);
}

/** The start of a month as if it were UTC; `Date.UTC` would take the year 26 for 1926. */
function startOf(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1);
}

/** The ISO week belongs to the year its Thursday is in. */
function weekLabel(monday: number): string {
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const week = Math.floor((monday + 3 * DAY_MS - startOf(year, 0)) / WEEK_MS) + 1;
  return `${String(year).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}

function isoOf(local: number): string {
  return new Date(local).toISOString();
}

function offsetText(offsetMs: number): string {
  const minutes = Math.trunc(Math.abs(offsetMs) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${offsetMs < 0 ? '-' : '+'}${hours}:${rest}`;
}
