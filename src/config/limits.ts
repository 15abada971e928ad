import { z } from 'zod';
import type { FeedLimits } from '../providers/provider.ts';
import { formatDuration } from '../records/duration.ts';
import { duration, durationFrom, timerFrom } from './duration.ts';
import type { ConfigFault, Path } from './fault.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `none` or null lifts a limit. */
const none = z.union([z.null(), z.literal('none')]).transform(() => null);

const wholeFrom = (min: number, error: string) => z.int(error).min(min, error);

/** What an account may override of a feed's limits; everything else stays as the provider's document has it. */
export const limitsSchema = z.strictObject({
  maxWindow: z
    .union([none, durationFrom(SECOND)], orNone('a duration of at least 1s, such as "10m"'))
    .optional(),
  grid: durationFrom(SECOND).optional(),
  minInterval: z.union([none, duration], orNone('a duration such as "3s"')).optional(),
  quota: z
    .union([
      none,
      z.strictObject({ calls: wholeFrom(1, 'expected a whole number of calls'), per: durationFrom(1) }),
    ])
    .optional(),
  retention: z
    .union([none, durationFrom(2 * MINUTE)], orNone('a duration of at least 2m, such as "40d"'))
    .optional(),
  rowCap: z
    .union([none, wholeFrom(1, orNone('a whole number of rows'))], orNone('a whole number of rows'))
    .optional(),
  settlementLag: duration.optional(),
  openMaxAge: duration.optional(),
  confirmAfter: duration.optional(),
  settlesWithin: duration.optional(),
  timeout: timerFrom(1).optional(),
  maxAttempts: wholeFrom(1, 'expected a whole number from 1').optional(),
});
export type LimitsOverride = z.output<typeof limitsSchema>;

function orNone(what: string): string {
  return `expected ${what}, or none`;
}

/** An account's limits over its provider's, complete. A window is as long as `maxWindow` unless `grid` says otherwise. */
export function mergeLimits(defaults: FeedLimits, override: LimitsOverride): FeedLimits {
  const { minInterval, ...rest } = override;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const grid =
    override.grid ?? (override.maxWindow === undefined ? defaults.grid : (override.maxWindow ?? HOUR));
  return {
    ...defaults,
    ...given,
    grid,
    // Whoever says what the cap is, also that there is none, ends the suspicion of round numbers.
    ...(override.rowCap === undefined ? {} : { suspectsRound: false }),
    minInterval: minInterval === undefined ? defaults.minInterval : (minInterval ?? 0),
  };
}

/** What cannot be together in a feed's limits. */
export function limitFaults(limits: FeedLimits, path: Path): ConfigFault[] {
  const { grid, maxWindow } = limits;
  if (grid % SECOND !== 0) {
    return [{ path: [...path, 'grid'], text: `expected whole seconds, got ${formatDuration(grid)}` }];
  }
  if (maxWindow === null || grid <= maxWindow) return [];
  const text = `expected at most maxWindow (${formatDuration(maxWindow)}), got ${formatDuration(grid)}`;
  return [{ path: [...path, 'grid'], text }];
}
