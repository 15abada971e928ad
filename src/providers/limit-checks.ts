import { UpstreamError } from '../errors.ts';
import type { Interval } from '../records/interval.ts';
import type { Departure } from '../upstream/call.ts';
import type { FeedLimits } from './provider.ts';

/**
 * Refuses, before it leaves, an interval that the feed's limits forbid: reversed, too long, ending in the future or
 * beginning beyond retention. Throws an UpstreamError with action `refuseInput` and code `LIMIT`; `who` opens it.
 */
export function checkLimits(who: string, asked: Interval, limits: FeedLimits, departure: Departure): void {
  const fault = faultOf(asked, limits, departure);
  if (fault === null) return;
  throw new UpstreamError(`${who} expected an interval within the limits, got one ${fault}`, {
    action: 'refuseInput',
    upstreamCode: 'LIMIT',
  });
}

function faultOf({ from, to }: Interval, limits: FeedLimits, { providerNow }: Departure): string | null {
  if (from > to) return 'that ends before it begins';
  if (limits.maxWindow !== null && to - from > limits.maxWindow) {
    return `of ${to - from} ms where ${limits.maxWindow} ms are allowed`;
  }
  if (to > providerNow) return 'that ends in the future';
  if (limits.retention !== null && from < providerNow - limits.retention)
    return 'that begins beyond retention';
  return null;
}
