import { setTimeout as wait } from 'node:timers/promises';
import type { Archive, FeedDoubt } from '../archive/archive.ts';
import { confirmAfterOf } from '../records/contradiction.ts';
import { type Interval, intersect } from '../records/interval.ts';
import { reachOf, type Window, windowsOf } from '../records/window.ts';
import { oldestConfirmable } from './doubting.ts';
import { type Feed, feedClock } from './feed.ts';
import type { Filler } from './filler.ts';

export interface ConfirmationsOptions {
  readonly feeds: readonly Feed[];
  readonly archive: Pick<Archive, 'doubts'>;
  readonly filler: Pick<Filler, 'fill' | 'mustWait'>;
  /** The wall clock. */
  readonly now: () => number;
  /** The filler's. @default performance.now */
  readonly monotonic?: () => number;
  /** Told how many rows only an admin may decide about, whenever they are looked at. */
  readonly onAwaiting?: (rows: number) => void;
  readonly onError: (error: unknown) => void;
}

/** A window to be read again. */
export interface WindowInDoubt extends Window {
  /** Where the rows lie because of which it is to be read. */
  readonly doubted: Interval;
}

/** What is to be read so that doubts can be decided, and when to look again (milliseconds from now). */
export interface ConfirmationPlan {
  readonly windows: ReadonlyMap<Feed, readonly WindowInDoubt[]>;
  readonly lookAgainMs: number;
  /** Rows only an admin may decide about. */
  readonly awaiting: number;
}

const LONGEST_LOOK_MS = 15_000;
const SHORTEST_LOOK_MS = 500;
const EVER: Interval = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/**
 * Which windows are to be read now: those of rows whose second look is due, and those in which such a row may lie if
 * it moved since it was last listed.
 */
export function planConfirmations(
  feeds: readonly Feed[],
  doubts: readonly FeedDoubt[],
  now: number,
): ConfirmationPlan {
  const windows = new Map<Feed, readonly WindowInDoubt[]>();
  let lookAgainMs = LONGEST_LOOK_MS;
  let awaiting = 0;
  for (const feed of feeds) {
    const { limits } = feed;
    const clock = feedClock(feed, now);
    const reach = reachOf({ ...clock, retentionMs: limits.retention });
    const oldest = oldestConfirmable(limits, clock.providerLatest);
    const asked = new Map<number, WindowInDoubt>();
    const ask = (span: Interval, row: Interval) => {
      const within = intersect(span, reach);
      for (const window of within === null ? [] : windowsOf(within, limits.grid)) {
        const { from, to } = asked.get(window.from)?.doubted ?? row;
        const doubted = { from: Math.min(from, row.from), to: Math.max(to, row.to) };
        asked.set(window.from, { ...window, doubted });
      }
    };
    for (const doubt of doubts) {
      if (doubt.account !== feed.account.id || doubt.kind !== feed.kind || doubt.axisAt < oldest) continue;
      if (doubt.awaitsAdmin) {
        awaiting += 1;
        continue;
      }
      const dueInMs = doubt.missedReadAt + confirmAfterOf(doubt, limits.confirmAfter) - now;
      lookAgainMs = Math.min(lookAgainMs, Math.max(SHORTEST_LOOK_MS, dueInMs));
      if (dueInMs > 0) continue;
      const row = { from: doubt.axisAt, to: doubt.axisAt + 1 };
      ask({ from: doubt.listedAt - limits.settlementLag, to: doubt.missedAt + 1 }, row);
      ask(row, row);
    }
    if (asked.size > 0)
      windows.set(
        feed,
        [...asked.values()].sort((a, b) => a.from - b.from),
      );
  }
  return { windows, lookAgainMs, awaiting };
}

export type LookOptions = Omit<ConfirmationsOptions, 'onError'>;

/**
 * Reads once more what a second look is to decide by now; resolves once that is done, or with `stopped`, to when to look
 * again (milliseconds from now).
 */
export async function lookAtDoubts(options: LookOptions, stopped?: Promise<void>): Promise<number> {
  const { feeds, archive, filler, now, monotonic = () => performance.now(), onAwaiting } = options;
  const accounts = [...new Set(feeds.map(({ account }) => account.id))];
  const knownAt = monotonic();
  const doubts = await archive.doubts(accounts, EVER);
  const { windows, lookAgainMs, awaiting } = planConfirmations(feeds, doubts, now());
  onAwaiting?.(awaiting);
  for (const [feed, ofFeed] of windows) {
    const ready = ofFeed.filter((window) => !filler.mustWait(feed, window));
    const doubted = new Map(ofFeed.map((window) => [window.from, window.doubted]));
    const isWanted = ({ from }: Window) => isInDoubt(options, feed, from, doubted.get(from) ?? EVER);
    const tickets = filler.fill(feed, ready, { knownAt, isWanted });
    const read = Promise.all(tickets.map(({ done }) => done));
    await (stopped === undefined ? read : Promise.race([read, stopped]));
  }
  return lookAgainMs;
}

/** Whether another process has not decided meanwhile about the rows because of which a window was to be read. */
async function isInDoubt(
  { archive, now }: LookOptions,
  feed: Feed,
  from: number,
  doubted: Interval,
): Promise<boolean> {
  const doubts = await archive.doubts([feed.account.id], doubted);
  const { windows } = planConfirmations([feed], doubts, now());
  return windows.get(feed)?.some((window) => window.from === from) === true;
}

/** Looks at doubts for as long as the gateway runs and whether it syncs or not. Returns how to stop. */
export function startConfirmations(options: ConfirmationsOptions): () => Promise<void> {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = LONGEST_LOOK_MS;
      try {
        pauseMs = await lookAtDoubts(options, stopped);
      } catch (error) {
        options.onError(error);
      }
      await wait(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
