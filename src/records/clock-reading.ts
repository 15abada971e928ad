/** One instant by two clocks: ours, and the provider's, which lies between two times because it is only inferred. */
export interface ClockReading {
  /** Milliseconds since the epoch, by our wall clock. */
  readonly now: number;
  /** The earliest the provider's clock may show: nothing later is asked for, nothing later is held. */
  readonly providerNow: number;
  /** The latest it may show: by this it drops its history. */
  readonly providerLatest: number;
}

/** How far a provider's clock is ahead of ours, in milliseconds: somewhere between the two. */
export interface ClockOffset {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** What a provider's answers of some minutes said together of how far its clock is ahead of ours. */
export interface ClockMeasure extends ClockOffset {
  /** The end of those minutes, by our wall clock. */
  readonly untilAt: number;
}

/** Measures are kept in such steps, rounded outwards: their hull need not be written again whenever it grows by a little. */
export const MEASURE_STEP_MS = 250;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Measures are kept by the minute so long, and by the hour for ever. */
export const MEASURES_BY_MINUTE_MS = 24 * HOUR_MS;

/** The minute that an instant lies in, by its end. */
export function endOfMinute(at: number): number {
  return (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
}

/** How long before its end a measure of some age may have been taken. */
export function measuredWithin(ageMs: number): number {
  return ageMs < MEASURES_BY_MINUTE_MS ? MINUTE_MS : HOUR_MS;
}

/** The reading where the provider never said what time it has: ours is taken for its own. */
export function unknownClock(now: number): ClockReading {
  return { now, providerNow: now, providerLatest: now };
}

/** The smallest offset that holds both. */
export function hullOf(a: ClockOffset | null, b: ClockOffset | null): ClockOffset | null {
  if (a === null || b === null) return a ?? b;
  return { leastMs: Math.min(a.leastMs, b.leastMs), mostMs: Math.max(a.mostMs, b.mostMs) };
}
