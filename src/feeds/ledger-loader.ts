import DataLoader from 'dataloader';
import type { Archive, FeedAge, FeedDoubt, HeldSpan } from '../archive/archive.ts';
import { splitAtDoubts } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import { traced } from '../upstream/traced.ts';
import { oldestConfirmable } from './doubting.ts';
import { type Feed, feedClock, feedName } from './feed.ts';

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
  archive: Pick<Archive, 'coverage' | 'doubts'>,
  ageOf: (feed: Feed) => FeedAge,
  now: () => number,
): LedgerLoader {
  async function read(keys: readonly LedgerKey[]): Promise<(readonly HeldSpan[])[]> {
    const feeds = new Map(keys.map(({ feed }) => [feedName(feed), ageOf(feed)]));
    const hull = {
      from: Math.min(...keys.map(({ range }) => range.from)),
      to: Math.max(...keys.map(({ range }) => range.to)),
    };
    const accounts = [...new Set(keys.map(({ feed }) => feed.account.id))];
    const [spans, doubts] = await traced('ledger', { 'countroom.feeds': feeds.size }, () =>
      Promise.all([archive.coverage([...feeds.values()], hull), archive.doubts(accounts, hull)]),
    );
    const ofFeeds = byFeed(spans);
    return keys.map(({ feed, range }) => {
      const within = (ofFeeds.get(feedName(feed)) ?? []).filter(
        ({ from, to }) => from < range.to && range.from < to,
      );
      return doubts.length === 0 ? within : splitAtDoubts(within, instantsOf(feed, doubts, now()));
    });
  }

  return new DataLoader(read, { cache: false });
}

/** When the feed's rows in doubt lie; those that no read can decide about any more bar nothing. */
function instantsOf(feed: Feed, doubts: readonly FeedDoubt[], now: number): number[] {
  const oldest = oldestConfirmable(feed.limits, feedClock(feed, now).providerLatest);
  return doubts
    .filter(
      ({ account, kind, axisAt }) => account === feed.account.id && kind === feed.kind && axisAt >= oldest,
    )
    .map(({ axisAt }) => axisAt);
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
