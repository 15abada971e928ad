import { z } from 'zod';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

const pattern = /^(\d{1,12})(ms|s|m|h|d)$/;
const examples = '"500ms", "3s", "10m", "1h" or "40d"';

/** The milliseconds of `500ms`, `3s`, `10m`, `1h` or `40d`; null where the text is no duration. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = pattern.exec(text) ?? [];
  if (count === undefined || unit === undefined) return null;
  const ms = Number(count) * unitMs[unit as Unit];
  return Number.isSafeInteger(ms) ? ms : null;
}

/** Milliseconds in the largest unit that spells them whole: `90s`, never `1.5m`. */
export function formatDuration(ms: number): string {
  const units: readonly Unit[] = ['d', 'h', 'm', 's'];
  const unit = ms === 0 ? 's' : (units.find((each) => ms % unitMs[each] === 0) ?? 'ms');
  return `${ms / unitMs[unit]}${unit}`;
}

const expectedDuration = `expected a duration such as ${examples}`;

/** A duration in the configuration, in milliseconds from there on; none is negative. */
export const duration = z
  .string(expectedDuration)
  .regex(pattern, expectedDuration)
  .transform((text) => parseDuration(text) ?? Number.MAX_SAFE_INTEGER);

/** A duration of at least `minMs`. */
export function durationFrom(minMs: number) {
  return duration.refine((ms) => ms >= minMs, `expected a duration of at least ${formatDuration(minMs)}`);
}
