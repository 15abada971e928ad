import { MultiBar } from 'cli-progress';
import { spellDuration } from '../records/duration.ts';
import type { Interval } from '../records/interval.ts';
import type { Io } from './io.ts';

/** How far one feed has come. */
export interface FeedProgress {
  /** Everything before the instant is there or known to be missing; so many rows of it are in the archive. */
  reached(at: number, rows: number): void;
  done(): void;
}

export interface Progress {
  /** `windowMs` is how long the feed's windows are. */
  feed(name: string, range: Interval, windowMs: number): FeedProgress;
  /** Leaves the terminal as it was; may be called twice. */
  stop(): void;
}

/** A bar a feed with the time left by its pace so far; off a terminal one line of JSON a step. */
export function createProgress(to: Io['stderr'], now: () => number = Date.now): Progress {
  return to.isTTY === true ? createBars(to, now) : createLines(to, now);
}

const FORMAT = '{name} {bar} {percentage} % | {windows} of {ofWindows} windows | {rows} rows | {left}';

function createBars(stream: NodeJS.WritableStream, now: () => number): Progress {
  const bars = new MultiBar({ stream, format: FORMAT, hideCursor: true });
  return {
    feed(name, range, windowMs) {
      const left = createEstimate(range, now);
      const ofWindows = windowsIn(range, windowMs);
      const start = { name: name.padEnd(24), windows: 0, ofWindows, rows: 0, left: '' };
      const bar = bars.create(range.to - range.from, 0, start);
      return {
        reached(at, rows) {
          const windows = windowsIn({ from: range.from, to: at }, windowMs);
          bar.update(at - range.from, { windows, rows, left: `${spellDuration(left(at) ?? 0)} left` });
        },
        done: () => bar.update(range.to - range.from, { windows: ofWindows, left: 'done' }),
      };
    },
    stop: () => bars.stop(),
  };
}

function createLines(stream: NodeJS.WritableStream, now: () => number): Progress {
  return {
    feed(name, range, windowMs) {
      const left = createEstimate(range, now);
      const ofWindows = windowsIn(range, windowMs);
      let last: number | null = null;
      let rows = 0;
      const line = (at: number, more: object) => {
        const windows = windowsIn({ from: range.from, to: at }, windowMs);
        const reached = new Date(at).toISOString();
        stream.write(`${JSON.stringify({ feed: name, reached, windows, ofWindows, rows, ...more })}\n`);
      };
      return {
        reached(at, archived) {
          rows = archived;
          if (at === last) return;
          last = at;
          line(at, { leftMs: left(at) });
        },
        done: () => line(range.to, { done: true }),
      };
    },
    stop() {},
  };
}

/** How many windows of the feed's grid a range touches. */
function windowsIn({ from, to }: Interval, windowMs: number): number {
  return from >= to ? 0 : Math.ceil(to / windowMs) - Math.floor(from / windowMs);
}

/** The time left by the pace since the start, in milliseconds; null before anything was reached. */
function createEstimate(range: Interval, now: () => number): (reached: number) => number | null {
  const startedAt = now();
  return (reached) =>
    reached <= range.from
      ? null
      : Math.round(((now() - startedAt) * (range.to - reached)) / (reached - range.from));
}
