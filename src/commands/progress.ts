import { MultiBar } from 'cli-progress';
import type { Interval } from '../records/interval.ts';
import type { Io } from './io.ts';
import { spell } from './table.ts';

/** How far one feed has come. */
export interface FeedProgress {
  /** Everything before the instant is there or known to be missing. */
  reached(at: number): void;
  done(): void;
}

export interface Progress {
  feed(name: string, range: Interval): FeedProgress;
  /** Leaves the terminal as it was; may be called twice. */
  stop(): void;
}

/** A bar a feed with the time left by its pace so far; off a terminal one line of JSON a step. */
export function createProgress(to: Io['stderr'], now: () => number = Date.now): Progress {
  return to.isTTY === true ? createBars(to, now) : createLines(to, now);
}

function createBars(stream: NodeJS.WritableStream, now: () => number): Progress {
  const bars = new MultiBar({ stream, format: '{name} {bar} {percentage} % {left}', hideCursor: true });
  return {
    feed(name, range) {
      const left = createEstimate(range, now);
      const bar = bars.create(range.to - range.from, 0, { name: name.padEnd(24), left: '' });
      return {
        reached: (at) => bar.update(at - range.from, { left: `${spell(left(at) ?? 0)} left` }),
        done: () => bar.update(range.to - range.from, { left: 'done' }),
      };
    },
    stop: () => bars.stop(),
  };
}

function createLines(stream: NodeJS.WritableStream, now: () => number): Progress {
  return {
    feed(name, range) {
      const left = createEstimate(range, now);
      let last: number | null = null;
      const line = (at: number, more: object) =>
        stream.write(`${JSON.stringify({ feed: name, reached: new Date(at).toISOString(), ...more })}\n`);
      return {
        reached(at) {
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

/** The time left by the pace since the start, in milliseconds; null before anything was reached. */
function createEstimate(range: Interval, now: () => number): (reached: number) => number | null {
  const startedAt = now();
  return (reached) =>
    reached <= range.from
      ? null
      : Math.round(((now() - startedAt) * (range.to - reached)) / (reached - range.from));
}
