import { NothingToAskError, UpstreamError } from '../errors.ts';
import type { Page } from '../providers/provider.ts';
import type { GapReason } from '../records/coverage.ts';
import { type Interval, intersect } from '../records/interval.ts';
import type { Quarantined, RecordKind, RecordOf } from '../records/record.ts';
import { clip, halve, type Window } from '../records/window.ts';
import type { Delay, Departure, Turn } from '../upstream/call.ts';
import type { Feed } from './feed.ts';

/** A piece of a window that was read. `interval` is null where its rows are not the whole truth of any interval. */
export interface Piece {
  readonly interval: Interval | null;
  /** When its first request left, by our wall clock: reads are ordered by it. */
  readonly readAt: number;
  /** What the provider's clock showed at least then: by this its instants are open, held or final. */
  readonly providerAt: number;
  readonly rows: readonly RecordOf[RecordKind][];
  readonly quarantined: readonly Quarantined[];
  /** How often a row was listed more than once, on pages that agree. */
  readonly duplicates: number;
  /** Fields of rows that the provider's document does not have. */
  readonly unknownFields: readonly string[];
}

/** A piece of a window that could not be read whole. */
export interface Unread extends Interval {
  readonly reason: GapReason;
  readonly message: string;
}

export interface ReadContext {
  readonly turn: Turn;
  readonly signal?: AbortSignal;
  readonly onDelay?: (delay: Delay) => void;
  /** The time a read is ordered by, for when it left by the wall clock. @default that itself */
  readonly stamp?: (wall: number) => number;
}

const PASSES = 3;
// Where the provider says no total, only this ends pages that are never short.
const MOST_PAGES = 1_000;
// A window that keeps contradicting itself is not worth calls without end.
const MOST_SPLITS = 64;

/**
 * Reads one window whole: its pages, passes and halves. Hands over each piece as it stands, oldest first, and
 * returns what stayed unread although the provider answered. Rejects with an UpstreamError where it did not.
 */
export async function readWindow(
  feed: Feed,
  window: Window,
  context: ReadContext,
  deliver: (piece: Piece) => Promise<void>,
): Promise<readonly Unread[]> {
  const unread: Unread[] = [];
  let splits = 0;

  async function readPart(part: Interval): Promise<void> {
    const outcome = await readInterval(feed, part, context);
    if (outcome === 'nothing to ask') return;
    if ('piece' in outcome) return deliver(outcome.piece);
    const halves = splits < MOST_SPLITS || outcome.cut ? halve(outcome.interval) : null;
    if (halves === null) {
      // Real rows all the same: kept, though nothing is held by them.
      if (outcome.rest !== null) await deliver({ ...outcome.rest, interval: null });
      unread.push({ ...outcome.interval, reason: 'TOO_MANY_ROWS', message: outcome.message });
      return;
    }
    splits += 1;
    await readPart(halves[0]);
    await readPart(halves[1]);
  }

  await readPart(window);
  return unread;
}

type Outcome =
  | 'nothing to ask'
  | { readonly piece: Piece }
  | {
      readonly interval: Interval;
      /** Whether the answer was cut by its size, rather than contradicting itself. */
      readonly cut: boolean;
      readonly rest: Piece | null;
      readonly message: string;
    };

async function readInterval(feed: Feed, part: Interval, context: ReadContext): Promise<Outcome> {
  try {
    return feed.paging === 'whole'
      ? await readWhole(feed, part, context)
      : await readPasses(feed, part, context);
  } catch (error) {
    if (error instanceof NothingToAskError) return 'nothing to ask';
    if (error instanceof UpstreamError && error.action === 'split') {
      return { interval: part, cut: true, rest: null, message: error.message };
    }
    throw error;
  }
}

async function readWhole(feed: Feed, part: Interval, context: ReadContext): Promise<Outcome> {
  const page = await askPage(feed, context, asked(feed, part), 1);
  const piece = {
    interval: heldOf(page),
    readAt: page.readAt,
    providerAt: page.providerAt(),
    rows: page.rows,
    quarantined: page.quarantined,
    duplicates: 0,
    unknownFields: page.unknownFields ?? [],
  };
  const cap = feed.limits.rowCap;
  if (cap === null || page.count < cap) return { piece };
  return {
    interval: page.interval,
    cut: true,
    rest: piece,
    message: `${feed.account.id}: ${page.count} rows in one answer, which may have been cut at ${cap}`,
  };
}

/** Pages until one is short; a pass stands when it found as many keys as the provider counted, first and last. */
async function readPasses(feed: Feed, part: Interval, context: ReadContext): Promise<Outcome> {
  let interval = part;
  let last: Pass | null = null;
  for (let passes = 0; passes < PASSES; passes += 1) {
    last = await readPass(feed, interval, context);
    interval = last.asked;
    if (last.stands) return { piece: last.piece };
  }
  return { interval, cut: false, rest: last?.piece ?? null, message: last?.message ?? '' };
}

interface Pass {
  readonly stands: boolean;
  readonly asked: Interval;
  readonly piece: Piece;
  readonly message: string;
}

async function readPass(feed: Feed, part: Interval, context: ReadContext): Promise<Pass> {
  const rows = new Map<string, RecordOf[RecordKind]>();
  const quarantined: Quarantined[] = [];
  const unknownFields = new Set<string>();
  let listed = 0;
  const first = await askPage(feed, context, asked(feed, part), 1);
  let page = first;
  let known = 0;
  for (let number = 1; ; number += 1) {
    for (const row of page.rows) rows.set(row.key, row);
    for (const name of page.unknownFields ?? []) unknownFields.add(name);
    listed += page.rows.length;
    quarantined.push(...page.quarantined);
    const found = rows.size + quarantined.length;
    // Pages that bring nothing new, or more than the provider says it has, might go on for ever.
    const tooMany = number === MOST_PAGES || (page.total !== null && found > page.total);
    if (isShort(page) || found === known || tooMany) break;
    known = found;
    page = await askPage(feed, context, () => first.interval, number + 1);
  }
  const found = rows.size + quarantined.length;
  const totals = [first.total, page.total].filter((total) => total !== null);
  // Without a total only a short page says that there are no more.
  const stands = (totals.length > 0 || isShort(page)) && totals.every((total) => total === found);
  return {
    stands,
    asked: first.interval,
    piece: {
      interval: heldOf(first),
      readAt: first.readAt,
      providerAt: first.providerAt(),
      rows: [...rows.values()],
      quarantined,
      duplicates: listed - rows.size,
      unknownFields: [...unknownFields],
    },
    message: `${feed.account.id}: expected ${page.total ?? 'fewer'} rows as the provider counts, got ${found} distinct`,
  };
}

function isShort({ count, pageSize }: Page): boolean {
  return count < (pageSize ?? 1);
}

/** The part as it may be asked when its call leaves. */
function asked(feed: Feed, part: Interval): (departure: Departure) => Interval {
  return (departure) => {
    const interval = clip(part, { ...departure, retentionMs: feed.limits.retention }, feed.stepMs);
    if (interval === null)
      throw new NothingToAskError(`${feed.account.id}: nothing of the window can be asked now`);
    return interval;
  };
}

/** A page, with when its request left. */
interface LeftPage extends Page {
  readonly readAt: number;
  readonly providerAt: () => number;
}

async function askPage(
  feed: Feed,
  context: ReadContext,
  interval: (departure: Departure) => Interval,
  number: number,
): Promise<LeftPage> {
  const { stamp = (wall) => wall, ...call } = context;
  // The last attempt's: the one that was answered.
  let left: { readonly readAt: number; readonly providerAt: () => number } | null = null;
  const page = await feed.connection.readPage(feed.kind, {
    ...call,
    limits: feed.limits,
    interval(departure) {
      const { now, providerAt = () => now } = departure;
      left = { readAt: stamp(now), providerAt };
      return interval(departure);
    },
    page: number,
  });
  const { askedAt } = page;
  return { ...page, ...(left ?? { readAt: stamp(askedAt), providerAt: () => askedAt }) };
}

/** Nothing past the provider's own time counts as read; null where all of it was still to come. */
function heldOf({ interval, providerAt }: LeftPage): Interval | null {
  return intersect(interval, { from: interval.from, to: providerAt() });
}
