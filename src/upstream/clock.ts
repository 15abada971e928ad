import { setTimeout as wait } from 'node:timers/promises';

/**
 * Two of the three clocks countroom goes by, so that tests can hold them still. The third is the provider's, which
 * `provider-clock.ts` infers from its answers.
 *
 * | clock | for |
 * | --- | --- |
 * | wall, `now()` | what is sent and shown: signed times, audit, `retryAt` |
 * | monotonic, `monotonic()` | what is waited for: paces, pauses, timeouts, "just read" |
 * | the provider's | what is asked, and what the ledger says was read: open, held, final, retention |
 *
 * Nothing is waited for by the wall clock: it may be set an hour ahead and back.
 */
export interface Clock {
  /** Milliseconds since the epoch, by this machine. It may jump. */
  now(): number;
  /** Milliseconds that never jump, since an instant of no meaning. */
  monotonic(): number;
  /** Resolves when `monotonic()` has reached the instant; rejects with the signal's reason when aborted. */
  until(monotonic: number, signal?: AbortSignal): Promise<void>;
}

// A timer of more than 2^31 ms fires at once.
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async until(monotonic, signal) {
    // A timer may fire a fraction of a millisecond early, and a pace is never kept "almost".
    for (let left = monotonic - performance.now(); left > 0; left = monotonic - performance.now()) {
      await wait(Math.min(LONGEST_TIMER_MS, Math.ceil(left)), undefined, { signal });
    }
  },
};
