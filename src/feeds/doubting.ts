import type { ClockReading } from '../records/clock-reading.ts';
import type { Doubting } from '../records/contradiction.ts';
import { type Interval, intersect } from '../records/interval.ts';
import { edgeOf, type Feed } from './feed.ts';

const DAY_MS = 86_400_000;

/**
 * What a whole read of an interval may say of rows it does not list; undefined where it may say nothing. A provider
 * forgets its oldest rows, which is no news of them: nothing is contradicted within a day of that. An instant that the
 * provider may have left out at the edge of what it was asked is in no piece's interval to begin with.
 */
export function doubtingOf(
  feed: Pick<Feed, 'limits' | 'stepMs'>,
  interval: Interval | null,
  { providerLatest }: ClockReading,
  byAdmin: boolean,
): Doubting | undefined {
  if (interval === null) return undefined;
  const { limits } = feed;
  const { settlementLag, confirmAfter } = limits;
  const within = intersect(interval, { from: oldestConfirmable(limits, providerLatest), to: interval.to });
  return within === null ? undefined : { within, settlementLag, confirmAfter, edgeMs: edgeOf(feed), byAdmin };
}

/** The oldest instant at which a row that is not listed can be said to be gone, at the provider's latest time. */
export function oldestConfirmable(
  { retention }: Pick<Feed['limits'], 'retention'>,
  providerLatest: number,
): number {
  return retention === null ? Number.MIN_SAFE_INTEGER : providerLatest - retention + DAY_MS;
}
