import DataLoader from 'dataloader';
import type { Window } from '../records/window.ts';
import type { Payer } from './call-budget.ts';
import { type Feed, feedName } from './feed.ts';
import type { Filler, FillOptions, Ticket } from './filler.ts';

/** A window that is missing, as one field of a request asks for it. */
export interface WindowKey {
  readonly feed: Feed;
  readonly window: Window;
  /** When the asker looked at the ledger, by the monotonic clock. */
  readonly knownAt: number;
}

export type WindowLoader = DataLoader<WindowKey, Ticket, string>;

/**
 * One request's DataLoader over windows instead of rows: a provider is asked by spans of time, so the key that fields
 * share is account × kind × window, and what is loaded is no value but the window's ticket. Fields that ask for
 * overlapping ranges meet in the same tickets, and all that is asked in one tick becomes one call of the filler a feed.
 */
export function createWindowLoader(
  filler: Pick<Filler, 'fill'>,
  isLacking: (feed: Feed, window: Window) => Promise<boolean>,
  payer?: Payer,
): WindowLoader {
  const optionsOf = (feed: Feed, keys: readonly WindowKey[]): FillOptions => ({
    knownAt: Math.min(...keys.map(({ knownAt }) => knownAt)),
    isWanted: (window) => isLacking(feed, window),
    payer,
  });

  async function fill(keys: readonly WindowKey[]): Promise<Ticket[]> {
    const tickets = new Map<WindowKey, Ticket>();
    for (const [feed, ofFeed] of groupByFeed(keys)) {
      const windows = ofFeed.map(({ window }) => window);
      const given = filler.fill(feed, windows, optionsOf(feed, ofFeed));
      ofFeed.forEach((key, index) => {
        tickets.set(key, given[index]!);
      });
    }
    return keys.map((key) => tickets.get(key)!);
  }

  return new DataLoader(fill, {
    cacheKeyFn: ({ feed, window }) => `${feedName(feed)} ${window.from}`,
    maxBatchSize: Number.POSITIVE_INFINITY,
  });
}

function groupByFeed(keys: readonly WindowKey[]): Map<Feed, WindowKey[]> {
  const groups = new Map<Feed, WindowKey[]>();
  for (const key of keys) {
    const group = groups.get(key.feed);
    if (group === undefined) groups.set(key.feed, [key]);
    else group.push(key);
  }
  return groups;
}
