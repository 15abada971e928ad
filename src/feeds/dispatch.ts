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
import { joinAtEdges, windowsOfEdges, withEdges } from '../records/edges.ts';
import type { Interval } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import { createTrickle, type Trickle } from '../upstream/trickle.ts';
import type { Payer } from './call-budget.ts';
import { edgeOf, type Feed, feedClock, feedName } from './feed.ts';
import type { Filler, Ticket } from './filler.ts';
import { createLedgerLoader } from './ledger-loader.ts';
import { createPatience, type Patience } from './patience.ts';
import { createWindowLoader } from './window-loader.ts';

export interface CoverAsk {
  readonly feeds: readonly Feed[];
  readonly range: Interval;
  /** How long to wait for what is missing; null or 0 asks no provider. */
  readonly maxWaitMs: number | null;
}

type Asked = Pick<CoverAsk, 'feeds' | 'range'>;

/** All feeds' coverage taken together, and each one's own. */
export interface Covered {
  readonly coverage: Coverage;
  readonly feeds: readonly FeedCoverage[];
}

/** What one request (a GraphQL operation, an export) asks of the feeds; its asks are batched and share windows. */
export interface Dispatch {
  /** Fills what is missing as far as `maxWaitMs` allows, then says what is held and what is not, and why. */
  cover(ask: CoverAsk): Promise<Covered>;
  /** How many windows these asks would begin, each counted once; what the ledger says is kept for them. */
  countLacking(asks: readonly Asked[]): Promise<number>;
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
  /** Why the archive cannot take rows now: until it can, nothing that is missing is fetched. */
  readonly archiveTrouble?: () => string | null;
  /** When a read is final: the longest planned revisit; milliseconds, 0 for none. */
  readonly finalAfterMs: number;
}

/** The request a dispatch is begun for. */
export interface Request {
  /** Aborted once nobody waits for the request any longer: its windows then wait with all others. */
  readonly left?: AbortSignal;
  /** Who pays for the calls it causes, those in the background included. Absent: nobody, and no bound holds. */
  readonly payer?: Payer;
}

/** What starts a request's dispatch. */
export interface Dispatcher {
  begin(request?: Request): Dispatch;
}

// So many take a while to list and to join: of several such asks each has a turn of the event loop.
const MANY_WINDOWS = 500;
// The archive is looked at more often than that; whoever asks need not be.
const STUCK_MS = 5_000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const patience = createPatience(options.stopping);
  const turn = createTrickle(1);
  return { begin: (request = {}) => begin(options, { patience, turn }, request) };
}

function begin(
  options: DispatcherOptions,
  { patience, turn }: { readonly patience: Patience; readonly turn: Trickle },
  { left, payer }: Request,
): Dispatch {
  const { archive, filler, now, maxRangeMs, finalAfterMs, monotonic = () => performance.now() } = options;
  const asker = filler.newAsker();
  const reads = left === undefined ? archive : (archive.readsFor?.(left) ?? archive);
  const ledger = createLedgerLoader(reads, ageOf, now);
  const windows = createWindowLoader(filler, isLacking, payer);
  const asked = new Map<string, Promise<Covered>>();
  // What was looked at before anything ran; of no use any more once something was fetched.
  const looked = new Map<string, Look>();

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
    const timing = timingOf(feed);
    const parts = await archive.coverage([ageOf(feed)], withEdges(window, timing.edge));
    const lacking = lackingWindows(timing, window, joinAtEdges(parts, timing.edge), feedClock(feed, now()));
    return lacking.some(({ from }) => from === window.from);
  }

  async function ledgerOf(ask: Asked): Promise<(readonly HeldSpan[])[]> {
    return Promise.all(
      ask.feeds.map(async (feed) => {
        const { edge } = timingOf(feed);
        return joinAtEdges(await ledger.load({ feed, range: withEdges(ask.range, edge) }), edge);
      }),
    );
  }

  /** The windows to ask for, newest first, a list a feed. */
  function lackingOf(
    { feeds, range }: Asked,
    parts: readonly (readonly HeldSpan[])[],
  ): (readonly Window[])[] {
    return feeds.map((feed, index) =>
      lackingWindows(timingOf(feed), range, parts[index] ?? [], feedClock(feed, now()), maxRangeMs),
    );
  }

  async function ticketsFor(feed: Feed, lacking: readonly Window[], knownAt: number): Promise<Ticket[]> {
    const asked: Promise<Ticket>[] = [];
    await inSlices(lacking, turn, (window) => asked.push(windows.load({ feed, window, knownAt })));
    return Promise.all(asked);
  }

  /** Resolves once all are there or the wait is over, to the windows that nobody pays for, a list a feed. */
  async function fill(
    { feeds, maxWaitMs }: CoverAsk & { readonly maxWaitMs: number },
    lacking: readonly (readonly Window[])[],
    knownAt: number,
    waitMs = maxWaitMs,
  ): Promise<(readonly Window[])[]> {
    const tickets = await Promise.all(
      feeds.map((feed, index) => ticketsFor(feed, lacking[index] ?? [], knownAt)),
    );
    const all = tickets.flat();
    const joined: (() => void)[] = [];
    await inSlices(all, turn, (ticket) => joined.push(ticket.join(asker)));
    await patience.settle(
      all.map((ticket) => ticket.done),
      waitMs,
      left,
    );
    await inSlices(joined, turn, (leave) => leave());
    left?.throwIfAborted();
    return tickets.map((ofFeed, index) => unpaidOf(lacking[index] ?? [], ofFeed));
  }

  /** Fills what only shows once windows were read: that the provider may leave out the instants they begin with. */
  async function fillEdges(
    ask: CoverAsk & { readonly maxWaitMs: number },
    parts: readonly (readonly HeldSpan[])[],
    knownAt: number,
    waitMs: number,
  ): Promise<boolean> {
    const lacking = ask.feeds.map((feed, index) =>
      windowsOfEdges(ask.range, parts[index] ?? [], timingOf(feed)),
    );
    if (lacking.every((ofFeed) => ofFeed.length === 0)) return false;
    await fill(ask, lacking, knownAt, waitMs);
    return true;
  }

  /** Why nothing is fetched now, whatever it is. */
  function stuck({ range }: CoverAsk): Trouble[] {
    const message = options.archiveTrouble?.() ?? null;
    return message === null ? [] : [{ ...range, reason: 'PENDING', retryAt: now() + STUCK_MS, message }];
  }

  /** What lies before the windows asked for, where there were more than one ask may fetch. */
  function beyondOf(feed: Feed, asked: readonly Window[], range: Interval): Trouble[] {
    const oldest = asked.at(-1);
    if (oldest === undefined || asked.length * feed.limits.grid < maxRangeMs) return [];
    const message = 'older than one query may fetch (server.maxRange): ask again, ask for less, or backfill';
    return [{ from: range.from, to: oldest.from, reason: 'PENDING', retryAt: now(), message }];
  }

  function refusedOf(windows: readonly Window[]): Trouble[] {
    if (payer === undefined || windows.length === 0) return [];
    const { message, retryInMs } = payer.refusal();
    const retryAt = retryInMs === null ? null : now() + retryInMs;
    return windows.map((window) => ({ ...window, reason: 'RATE_LIMITED', retryAt, message }));
  }

  /**
   * The same ask of several entities is one, as long as the ledger has not been read for it: its windows are listed
   * and its coverage is told once, however many share it.
   */
  function cover(ask: CoverAsk): Promise<Covered> {
    const name = nameOf(ask);
    const known = asked.get(name);
    if (known !== undefined) return known;
    const covered = coverOnce(ask, () => asked.delete(name));
    asked.set(name, covered);
    return covered;
  }

  async function coverOnce(ask: CoverAsk, onLedger: () => void): Promise<Covered> {
    const seen = looked.get(nameOf({ ...ask, maxWaitMs: null })) ?? look(ask);
    let parts = await seen.ledger.finally(onLedger);
    const lacking = isPatient(ask) ? seen.lacking(parts) : [];
    let unpaid: readonly (readonly Window[])[] = [];
    if (isPatient(ask) && lacking.some((ofFeed) => ofFeed.length > 0)) {
      looked.clear();
      unpaid = await fill(ask, lacking, seen.knownAt);
      const filledAt = monotonic();
      parts = await ledgerOf(ask);
      const restMs = ask.maxWaitMs - (monotonic() - seen.knownAt);
      if (restMs > 0 && (await fillEdges(ask, parts, filledAt, restMs))) parts = await ledgerOf(ask);
    }
    const troublesOf = ask.feeds.map((feed, index) => [
      ...stuck(ask),
      ...filler.troubles(feed, ask.range),
      ...refusedOf(unpaid[index] ?? []),
      ...beyondOf(feed, lacking[index] ?? [], ask.range),
    ]);
    if (isMany(troublesOf)) await turn();
    const feeds = ask.feeds.map((feed, index) => {
      const troubles = troublesOf[index] ?? [];
      return coverageOf(timingOf(feed), ask.range, parts[index] ?? [], troubles, feedClock(feed, now()));
    });
    return { coverage: joinCoverage(feeds), feeds };
  }

  function look(ask: Asked): Look {
    let windows: (readonly Window[])[] | null = null;
    return {
      knownAt: monotonic(),
      ledger: ledgerOf(ask),
      lacking(parts) {
        windows ??= lackingOf(ask, parts);
        return windows;
      },
    };
  }

  async function countLacking(asks: readonly Asked[]): Promise<number> {
    const lacking = new Set<string>();
    const looks = asks.map((ask) => {
      const seen = look(ask);
      looked.set(nameOf({ ...ask, maxWaitMs: null }), seen);
      return seen;
    });
    const parts = await Promise.all(looks.map(({ ledger }) => ledger));
    for (const [index, { feeds }] of asks.entries()) {
      const found = looks[index]?.lacking(parts[index] ?? []) ?? [];
      for (const [place, feed] of feeds.entries()) {
        for (const { from } of found[place] ?? []) lacking.add(`${feedName(feed)} ${from}`);
      }
    }
    return lacking.size;
  }

  return { cover, countLacking };
}

/** What the ledger said of an ask, and when it was asked by the monotonic clock. */
interface Look {
  readonly knownAt: number;
  readonly ledger: Promise<(readonly HeldSpan[])[]>;
  /** The windows that are missing by what it said: listed once, for whoever counts them and whoever fills them. */
  lacking(parts: readonly (readonly HeldSpan[])[]): (readonly Window[])[];
}

/** Whether an ask may make providers be asked. */
function isPatient(ask: CoverAsk): ask is CoverAsk & { readonly maxWaitMs: number } {
  return ask.maxWaitMs !== null && ask.maxWaitMs > 0;
}

function nameOf({ feeds, range, maxWaitMs }: CoverAsk): string {
  return JSON.stringify([feeds.map(feedName), range.from, range.to, maxWaitMs]);
}

function isMany(lists: readonly (readonly unknown[])[]): boolean {
  return lists.reduce((sum, list) => sum + list.length, 0) >= MANY_WINDOWS;
}

/** Does something with each of many, with a turn of the event loop for everybody else between some and the next. */
async function inSlices<T>(all: readonly T[], turn: Trickle, work: (each: T) => unknown): Promise<void> {
  for (let from = 0; from < all.length; from += MANY_WINDOWS) {
    if (all.length >= MANY_WINDOWS) await turn();
    for (const each of all.slice(from, from + MANY_WINDOWS)) work(each);
  }
}

function unpaidOf(windows: readonly Window[], tickets: readonly Ticket[]): readonly Window[] {
  return windows.filter((_, index) => tickets[index]?.isUnpaid === true);
}

export function timingOf(feed: Feed): FeedTiming {
  const { grid, retention, openMaxAge } = feed.limits;
  return { account: feed.account.id, kind: feed.kind, grid, retention, openMaxAge, edge: edgeOf(feed) };
}
