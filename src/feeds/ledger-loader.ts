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
    const spans = await archive.coverage([...feeds.values()], hull);
    return keys.map((key) => spans.filter((span) => isOf(key, span)));
  }

  return new DataLoader(read, { cache: false });
}

function isOf({ feed, range }: LedgerKey, span: HeldSpan): boolean {
  const { account, kind, from, to } = span;
  return account === feed.account.id && kind === feed.kind && from < range.to && range.from < to;
}
