import DataLoader from 'dataloader';
import type { Archive, FeedAge, HeldSpan } from '../archive/archive.ts';
import type { Interval } from '../records/interval.ts';
import { type Feed, feedName } from './feed.ts';

/** A part of one feed's ledger, as one field of a request asks for it. */
export interface LedgerKey {
  readonly feed: Feed;
  readonly range: Interval;
}

export type LedgerLoader = DataLoader<LedgerKey, readonly HeldSpan[]>;

/**
 * One request's DataLoader over the ledger: what is asked in one tick is one query of the archive. Nothing is kept
 * from one tick to the next, since what is held changes while a request waits.
 */
export function createLedgerLoader(
  archive: Pick<Archive, 'coverage'>,
  ageOf: (feed: Feed) => FeedAge,
): LedgerLoader {
  async function read(keys: readonly LedgerKey[]): Promise<(readonly HeldSpan[])[]> {
    const feeds = new Map(keys.map(({ feed }) => [feedName(feed), ageOf(feed)]));
    const hull = {
      from: Math.min(...keys.map(({ range }) => range.from)),
      to: Math.max(...keys.map(({ range }) => range.to)),
    };
    const spans = byFeed(await archive.coverage([...feeds.values()], hull));
    return keys.map(({ feed, range }) =>
      (spans.get(feedName(feed)) ?? []).filter(({ from, to }) => from < range.to && range.from < to),
    );
  }

  return new DataLoader(read, { cache: false });
}

function byFeed(spans: readonly HeldSpan[]): ReadonlyMap<string, readonly HeldSpan[]> {
  const groups = new Map<string, HeldSpan[]>();
  for (const span of spans) {
    const name = feedName({ account: { id: span.account }, kind: span.kind });
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [span]);
    else group.push(span);
  }
  return groups;
}
