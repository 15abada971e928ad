import type { Archive, FeedAge, HeldSpan } from '../archive/archive.ts';
import {
  type Coverage,
  coverageOf,
  type FeedCoverage,
  type FeedTiming,
  joinCoverage,
  lackingWindows,
  type Trouble,
} from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import { type Feed, feedClock } from './feed.ts';
import type { Filler } from './filler.ts';
import { createLedgerLoader } from './ledger-loader.ts';
import { createPatience, type Patience } from './patience.ts';
import { createWindowLoader } from './window-loader.ts';

export interface CoverAsk {
  readonly feeds: readonly Feed[];
  readonly range: Interval;
  /** How long to wait for what is missing; 0 asks in the background and waits for nothing; null asks no provider. */
  readonly maxWaitMs: number | null;
}

/** All feeds' coverage taken together, and each one's own. */
export interface Covered {
  readonly coverage: Coverage;
  readonly feeds: readonly FeedCoverage[];
}

/** What one request (a GraphQL operation, an export) asks of the feeds; its asks are batched and share windows. */
export interface Dispatch {
  /** Fills what is missing as far as `maxWaitMs` allows, then says what is held and what is not, and why. */
  cover(ask: CoverAsk): Promise<Covered>;
}

export interface DispatcherOptions {
  readonly archive: Archive;
  readonly filler: Filler;
  /** The wall clock. */
  readonly now: () => number;
  /** The filler's. @default performance.now */
  readonly monotonic?: () => number;
  /** The most missing time of one feed that one ask may fetch; milliseconds. */
  readonly maxRangeMs: number;
  /** Aborted when the gateway stops: nobody waits any longer. */
  readonly stopping?: AbortSignal;
  /** When a read is final: the longest planned revisit; milliseconds, 0 for none. */
  readonly finalAfterMs: number;
}

/** What starts a request's dispatch. */
export interface Dispatcher {
  /** `left` is aborted once nobody waits for the request any longer: its windows then wait with all others. */
  begin(left?: AbortSignal): Dispatch;
}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const patience = createPatience(options.stopping);
  return { begin: (left) => begin(options, patience, left) };
}

function begin(options: DispatcherOptions, patience: Patience, left?: AbortSignal): Dispatch {
  const { archive, filler, now, maxRangeMs, finalAfterMs, monotonic = () => performance.now() } = options;
  const asker = filler.newAsker();
  const reads = left === undefined ? archive : (archive.readsFor?.(left) ?? archive);
  const ledger = createLedgerLoader(reads, ageOf);
  const windows = createWindowLoader(filler, isLacking);

  function ageOf(feed: Feed): FeedAge {
    const { settlementLag } = feed.limits;
    return {
      account: feed.account.id,
      kind: feed.kind,
      settlementLag,
      finalAfter: Math.max(settlementLag, finalAfterMs),
    };
  }

  async function isLacking(feed: Feed, window: Window): Promise<boolean> {
    const parts = await archive.coverage([ageOf(feed)], window);
    return lackingWindows(timingOf(feed), window, parts, feedClock(feed, now())).length > 0;
  }

  async function ledgerOf(ask: CoverAsk): Promise<(readonly HeldSpan[])[]> {
    return Promise.all(ask.feeds.map((feed) => ledger.load({ feed, range: ask.range })));
  }

  /** The windows to ask for, newest first, a list a feed. */
  function lackingOf(ask: CoverAsk, parts: readonly (readonly HeldSpan[])[]): (readonly Window[])[] {
    return ask.feeds.map((feed, index) =>
      ask.maxWaitMs === null
        ? []
        : lackingWindows(timingOf(feed), ask.range, parts[index] ?? [], feedClock(feed, now()), maxRangeMs),
    );
  }

  async function fill(
    ask: CoverAsk,
    lacking: readonly (readonly Window[])[],
    knownAt: number,
  ): Promise<void> {
    const keys = ask.feeds.flatMap((feed, index) =>
      (lacking[index] ?? []).map((window) => ({ feed, window, knownAt })),
    );
    const tickets = await Promise.all(keys.map((key) => windows.load(key)));
    if (ask.maxWaitMs === null || ask.maxWaitMs === 0) return;
    const joined = tickets.map((ticket) => ticket.join(asker));
    await patience.settle(
      tickets.map((ticket) => ticket.done),
      ask.maxWaitMs,
      left,
    );
    for (const leave of joined) leave();
    left?.throwIfAborted();
  }

  /** What lies before the windows asked for, where there were more than one ask may fetch. */
  function beyondOf(feed: Feed, asked: readonly Window[], range: Interval): Trouble[] {
    const oldest = asked.at(-1);
    if (oldest === undefined || asked.length * feed.limits.grid < maxRangeMs) return [];
    const message = 'older than one query may fetch (server.maxRange): ask again, ask for less, or backfill';
    return [{ from: range.from, to: oldest.from, reason: 'PENDING', retryAt: now(), message }];
  }

  async function cover(ask: CoverAsk): Promise<Covered> {
    const knownAt = monotonic();
    let parts = await ledgerOf(ask);
    const lacking = lackingOf(ask, parts);
    if (lacking.some((ofFeed) => ofFeed.length > 0)) {
      await fill(ask, lacking, knownAt);
      parts = await ledgerOf(ask);
    }
    const feeds = ask.feeds.map((feed, index) => {
      const troubles = [
        ...filler.troubles(feed, ask.range),
        ...beyondOf(feed, lacking[index] ?? [], ask.range),
      ];
      return coverageOf(timingOf(feed), ask.range, parts[index] ?? [], troubles, feedClock(feed, now()));
    });
    return { coverage: joinCoverage(feeds), feeds };
  }

  return { cover };
}

export function timingOf({ account, kind, limits }: Feed): FeedTiming {
  return {
    account: account.id,
    kind,
    grid: limits.grid,
    retention: limits.retention,
    openMaxAge: limits.openMaxAge,
  };
}
