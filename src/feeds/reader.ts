import { NothingToAskError, UpstreamError } from '../errors.ts';
import type { Interval } from '../records/interval.ts';
import { halve, type Window } from '../records/window.ts';
import { isOverdue } from '../upstream/overdue.ts';
import { type Feed, feedName } from './feed.ts';
import { readOn } from './reading/cursor.ts';
import { createLearnt, type Learnt } from './reading/learnt.ts';
import { readPages } from './reading/pages.ts';
import type { Outcome, Piece, ReadContext, Reading, Unread } from './reading/piece.ts';
import { readWhole } from './reading/whole.ts';

/** Reads windows, and remembers of each feed what its answers have shown. */
export interface Reader {
  /**
   * Reads one window whole: its pages, passes and halves. Hands over each piece as it stands, oldest first, and
   * returns what stayed unread although the provider answered. Rejects with an UpstreamError where it did not.
   */
  readWindow(
    feed: Feed,
    window: Window,
    context: ReadContext,
    deliver: (piece: Piece) => Promise<void>,
  ): Promise<readonly Unread[]>;
}

// A window that keeps contradicting itself is not worth calls without end.
const MOST_SPLITS = 64;
// One that did not come in time so often is asked for a slice of this size.
const MOST_TIMEOUTS = 2;
const SLICES = 16;

export interface ReaderOptions {
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  /** What is known of a feed before its first read. @default nothing */
  readonly learntOf?: (monotonic: () => number) => Learnt;
}

export function createReader({ monotonic, learntOf = createLearnt }: ReaderOptions): Reader {
  const known = new Map<string, Learnt>();
  return {
    readWindow(feed, window, context, deliver) {
      const name = feedName(feed);
      const learnt = known.get(name) ?? learntOf(monotonic);
      known.set(name, learnt);
      return readWindow({ feed, context, learnt, deliver }, window);
    },
  };
}

type Whole = Outcome & { readonly is: 'whole' };
type TooMuch = Outcome & { readonly is: 'too much' };

async function readWindow(window: Omit<Reading, 'part'>, whole: Interval): Promise<readonly Unread[]> {
  const { learnt, deliver } = window;
  const unread: Unread[] = [];
  let splits = 0;

  async function readPart(part: Interval): Promise<void> {
    const length = part.to - part.from;
    const halves = learnt.span !== null && length > learnt.span ? halve(part) : null;
    if (halves !== null) return readBoth(halves);
    try {
      await settle(await ask(part, MOST_TIMEOUTS));
    } catch (error) {
      if (!isOverdue(error)) throw error;
      await readSlowly(part, error);
    }
  }

  async function readBoth([first, second]: readonly [Interval, Interval]): Promise<void> {
    await readPart(first);
    await readPart(second);
  }

  async function ask(part: Interval, mostTimeouts?: number): Promise<Outcome> {
    const outcome = await readInterval({
      ...window,
      part,
      context: { ...window.context, mostTimeouts },
    });
    if (outcome.is !== 'nothing to ask') learnt.noteQuick(part.to - part.from);
    return outcome;
  }

  /** A small slice tells a provider that is slow from one that is down; what fails then is the breaker's business. */
  async function readSlowly(part: Interval, error: UpstreamError): Promise<void> {
    const length = part.to - part.from;
    const halves = halve(part);
    if (halves === null) throw error;
    if (learnt.noteSlow(length)) return readBoth(halves);
    const slice = {
      from: part.from,
      to: part.from + Math.max(1, Math.floor(length / SLICES / 1_000)) * 1_000,
    };
    await settle(await ask(slice));
    await readPart({ from: slice.to, to: part.to });
  }

  async function settle(outcome: Outcome): Promise<void> {
    if (outcome.is === 'nothing to ask') return;
    if (outcome.is === 'whole') return outcome.isRound ? readAgain(outcome) : deliver(outcome.piece);
    const halves = splits < MOST_SPLITS || outcome.cut ? halve(outcome.interval) : null;
    if (halves !== null) {
      splits += 1;
      return readBoth(halves);
    }
    await giveUp(outcome);
  }

  /** Real rows all the same: kept, though nothing is held by them. */
  async function giveUp({ interval, rest, reason, message }: TooMuch): Promise<void> {
    if (rest !== null) await deliver({ ...rest, interval: null });
    unread.push({ ...interval, reason, message });
  }

  /** A suspiciously round number of rows stands where its halves list exactly the same; else they are the truth. */
  async function readAgain({ interval, piece }: Whole): Promise<void> {
    const halves = halve(interval);
    if (halves === null) {
      const message = `${window.feed.account.id}: ${piece.rows.length} rows in one second, which may have been cut`;
      return giveUp({ is: 'too much', interval, reason: 'TOO_MANY_ROWS', message, cut: true, rest: piece });
    }
    const outcomes = [await ask(halves[0]), await ask(halves[1])];
    const pieces = outcomes.flatMap((each) => (each.is === 'whole' ? [each.piece] : []));
    if (pieces.length === outcomes.length && isSame(piece, pieces)) return deliver(piece);
    for (const outcome of outcomes) await settle(outcome);
  }

  await readPart(whole);
  return unread;
}

async function readInterval(reading: Reading): Promise<Outcome> {
  const { feed, part } = reading;
  try {
    return await read[feed.paging](reading);
  } catch (error) {
    if (error instanceof NothingToAskError) return { is: 'nothing to ask' };
    if (error instanceof UpstreamError && error.action === 'split') {
      const { message } = error;
      return { is: 'too much', interval: part, reason: 'TOO_MANY_ROWS', message, cut: true, rest: null };
    }
    throw error;
  }
}

const read = { whole: readWhole, pages: readPages, cursor: readOn } as const;

function isSame(piece: Piece, parts: readonly Piece[]): boolean {
  const names = namesOf([piece]);
  const others = namesOf(parts);
  return names.size === others.size && [...names].every((name) => others.has(name));
}

function namesOf(pieces: readonly Piece[]): ReadonlySet<string> {
  return new Set(
    pieces.flatMap(({ rows, quarantined }) => [
      ...rows.map(({ key }) => key),
      ...quarantined.map(({ raw }) => raw),
    ]),
  );
}
