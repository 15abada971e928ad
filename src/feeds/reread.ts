import { type Interval, intersect } from '../records/interval.ts';
import { reachOf, windowsOf } from '../records/window.ts';
import { type Feed, feedClock } from './feed.ts';
import type { Filler } from './filler.ts';

export interface RereadDeps {
  readonly filler: Pick<Filler, 'fill'>;
  /** The wall clock. */
  readonly now: () => number;
  /** The filler's. @default performance.now */
  readonly monotonic?: () => number;
}

/**
 * Begins to read every window of a range again, held or not, oldest first, and lets what they list decide what becomes
 * of rows in doubt, those that wait for an admin among them. Resolves once all were read or given up.
 */
export async function reread(
  feed: Feed,
  range: Interval,
  { filler, now, monotonic = () => performance.now() }: RereadDeps,
): Promise<void> {
  const reach = reachOf({ ...feedClock(feed, now()), retentionMs: feed.limits.retention });
  const within = intersect(range, reach);
  if (within === null) return;
  const windows = windowsOf(within, feed.limits.grid);
  const isWanted = async () => true;
  const tickets = filler.fill(feed, windows, { knownAt: monotonic(), isWanted, byAdmin: true });
  await Promise.all(tickets.map(({ done }) => done));
}
