import { z } from 'zod';
import { durationPattern, formatDuration, parseDuration } from '../records/duration.ts';

const expectedDuration = `expected a duration such as "500ms", "3s", "10m", "1h" or "40d"`;

// Longer than anything here lasts, short enough that now less it is a date.
const LONGEST_MS = parseDuration('36500d') ?? 0;
// A timer of more than 2^31 ms fires at once.
const LONGEST_TIMER_MS = parseDuration('24d') ?? 0;

/** A duration in the configuration, in milliseconds from there on; none is negative, or longer than 36,500 days. */
export const duration = z
  .string(expectedDuration)
  .regex(durationPattern, expectedDuration)
  .transform((text) => parseDuration(text) ?? Number.MAX_SAFE_INTEGER)
  .refine((ms) => ms <= LONGEST_MS, `expected a duration of at most ${formatDuration(LONGEST_MS)}`);

/** A duration of at least `minMs`. */
export function durationFrom(minMs: number) {
  return duration.refine((ms) => ms >= minMs, `expected a duration of at least ${formatDuration(minMs)}`);
}

/** A duration of at least `minMs` that is waited for, and so at most 24 days. */
export function timerFrom(minMs: number) {
  return durationFrom(minMs).refine(
    (ms) => ms <= LONGEST_TIMER_MS,
    `expected a duration of at most ${formatDuration(LONGEST_TIMER_MS)}`,
  );
}
