import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../src/upstream/clock.ts';

/** A clock that runs as ours does and leaps over what would be a long wait: an hour's pauses take no time. */
export interface LeapingClock extends Clock {
  leap(ms: number): void;
  /** Makes it the given instant. */
  set(now: number): void;
}

const LONG_MS = 200;

export function createLeapingClock(): LeapingClock {
  let leaptMs = 0;
  let setMs = 0;
  const monotonic = () => performance.now() + leaptMs;
  return {
    now: () => Math.floor(Date.now() + leaptMs + setMs),
    monotonic,
    async until(instant, signal) {
      for (let left = instant - monotonic(); left > 0; left = instant - monotonic()) {
        signal?.throwIfAborted();
        if (left > LONG_MS) leaptMs += left;
        else await wait(Math.ceil(left), undefined, { signal });
      }
    },
    leap(ms) {
      leaptMs += ms;
    },
    set(now) {
      setMs = now - Date.now() - leaptMs;
    },
  };
}
