import type { ClockReading } from './clock-reading.ts';
import { type Interval, intersect, isEmpty } from './interval.ts';

/** A cell `[a, b)` of a feed's fixed grid: multiples of `gridMs` since the epoch. */
export type Window = Interval;

/** The windows that touch `range`, oldest first; together they cover it, and none overlaps another. */
export function windowsOf(range: Interval, gridMs: number): Window[] {
  const windows: Window[] = [];
  if (isEmpty(range)) return windows;
  for (let from = Math.floor(range.from / gridMs) * gridMs; from < range.to; from += gridMs) {
    windows.push({ from, to: from + gridMs });
  }
  return windows;
}

/** How many windows touch `range`, without listing them. */
export function countWindows(range: Interval, gridMs: number): number {
  if (range.from >= range.to) return 0;
  return Math.ceil(range.to / gridMs) - Math.floor(range.from / gridMs);
}

/** Two halves of `[a, b)` at a whole second, or null where it is one second or less. */
export function halve(interval: Interval): readonly [Interval, Interval] | null {
  const seconds = (interval.to - interval.from) / 1000;
  if (seconds <= 1) return null;
  const middle = interval.from + Math.max(1, Math.floor(seconds / 2)) * 1000;
  return [
    { from: interval.from, to: middle },
    { from: middle, to: interval.to },
  ];
}

/** What may be asked of a provider: never older than its retention, never younger than its own clock. */
export interface Reach extends Pick<ClockReading, 'providerNow' | 'providerLatest'> {
  readonly retentionMs: number | null;
}

const RETENTION_MARGIN_MS = 60_000;
export const FUTURE_MARGIN_MS = 1_000;

/** The span a provider can answer for: `[now − retention + 60 s, now − 1 s)` by its clock, whatever it shows. */
export function reachOf({ providerNow, providerLatest, retentionMs }: Reach): Interval {
  const from =
    retentionMs === null ? Number.MIN_SAFE_INTEGER : providerLatest - retentionMs + RETENTION_MARGIN_MS;
  return { from, to: providerNow - FUTURE_MARGIN_MS };
}

/**
 * The part of a window that may be asked when the call leaves, or null where there is none.
 * `stepMs` rounds inwards to what the provider's time format can spell (1,000 for whole seconds).
 */
export function clip(window: Window, reach: Reach, stepMs = 1): Interval | null {
  const part = intersect(window, reachOf(reach));
  if (part === null) return null;
  const from = Math.ceil(part.from / stepMs) * stepMs;
  const to = Math.floor(part.to / stepMs) * stepMs;
  return from < to ? { from, to } : null;
}
