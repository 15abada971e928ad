import { setTimeout as wait } from 'node:timers/promises';

/** Time as the upstream side needs it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch, by this machine. */
  now(): number;
  /** Milliseconds that never jump, for intervals. */
  monotonic(): number;
  /** Resolves when `monotonic()` has reached the instant; rejects with the signal's reason when aborted. */
  until(monotonic: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async until(monotonic, signal) {
    // A timer may fire a fraction of a millisecond early, and a pace is never kept "almost".
    for (let left = monotonic - performance.now(); left > 0; left = monotonic - performance.now()) {
      await wait(Math.ceil(left), undefined, { signal });
    }
  },
};
