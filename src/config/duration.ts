import { z } from 'zod';
import { durationPattern, formatDuration, parseDuration } from '../records/duration.ts';

const expectedDuration = `expected a duration such as "500ms", "3s", "10m", "1h" or "40d"`;

/** A duration in the configuration, in milliseconds from there on; none is negative. */
export const duration = z
  .string(expectedDuration)
  .regex(durationPattern, expectedDuration)
  .transform((text) => parseDuration(text) ?? Number.MAX_SAFE_INTEGER);

/** A duration of at least `minMs`. */
export function durationFrom(minMs: number) {
  return duration.refine((ms) => ms >= minMs, `expected a duration of at least ${formatDuration(minMs)}`);
}
