import type { UpstreamError } from '../errors.ts';
import { abandonable } from './abandon.ts';
import type { Clock } from './clock.ts';
import type { RetryPolicy } from './retry.ts';
import { createTrickle } from './trickle.ts';

/** Why nothing is asked at present, in the provider's own words, and how long until the next call tries. */
export interface Outage {
  readonly error: UpstreamError;
  readonly retryInMs: number;
}

/** A call's way past the breaker, until `leave`. */
export interface Passage {
  /** Whether this call is the one that tries while all others wait. */
  readonly isTrial: boolean;
  leave(): void;
}

/** Holds back calls while their provider is down, and lets one at a time try. */
export interface Breaker {
  /** Null while calls go freely. */
  outage(): Outage | null;
  /**
   * Resolves when calls go freely or one may try, so much later than the first as `laterMs`; `onWait` is told while none
   * may. Rejects with the signal's reason.
   */
  ready(signal: AbortSignal | undefined, onWait: (outage: Outage) => void, laterMs?: number): Promise<void>;
  /**
   * Lets a call go whose turn has come, or makes it the one that tries; null where it has to wait with the others. Asked
   * for no sooner: who tries while it still waits for something else would hold up those it waits for.
   */
  enter(laterMs?: number): Passage | null;
  failed(error: UpstreamError): void;
  /** The provider answered; true where it had been down. */
  answered(): boolean;
  /** Lets the next call try at once, where calls are held back. */
  tryNow(): void;
  /** Lets all calls go, as if none had failed. */
  reset(): void;
}

// Thousands may wait for the same pause, or for the same call that tries, and go on at the same instant.
const WOKEN_AT_ONCE = 32;

/**
 * Pauses after `breakAfter` failures in a row, each time for longer, at most `longestBreakMs`; by the monotonic clock. A
 * call that tries and has no answer after that long does not keep the next from trying.
 */
export function createBreaker(
  policy: Pick<RetryPolicy, 'breakAfter' | 'breakMs' | 'longestBreakMs'>,
  clock: Clock,
): Breaker {
  let inARow = 0;
  let pause: {
    readonly error: UpstreamError;
    readonly until: number;
    readonly over: AbortController;
  } | null = null;
  let pauses = 0;
  let trial: { readonly over: Promise<void>; readonly until: number } | null = null;
  const woken = createTrickle(WOKEN_AT_ONCE);

  const nextPauseMs = () => Math.min(policy.longestBreakMs, policy.breakMs * 2 ** pauses);

  function outage(): Outage | null {
    if (pause === null) return null;
    const now = clock.monotonic();
    // While one tries, the next comes no sooner than after the pause that its failure begins, or once it takes too long.
    const until = trial === null ? pause.until : Math.min(now + nextPauseMs(), trial.until);
    return { error: pause.error, retryInMs: Math.max(0, until - now) };
  }

  async function ready(
    signal: AbortSignal | undefined,
    onWait: (outage: Outage) => void,
    laterMs = 0,
  ): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const held = outage();
      if (pause === null || held === null) return;
      const now = clock.monotonic();
      if (trial !== null && trial.until > now) {
        onWait(held);
        await either(trial.over, trial.until, signal);
        await woken();
      } else if (pause.until + laterMs > now) {
        onWait(held);
        await sleep(pause.until + laterMs, pause.over.signal, signal);
        await woken();
      } else {
        return;
      }
    }
  }

  function enter(laterMs = 0): Passage | null {
    if (pause === null) return { isTrial: false, leave() {} };
    const now = clock.monotonic();
    const isTried = trial !== null && trial.until > now;
    return isTried || pause.until + laterMs > now ? null : begin(now);
  }

  /** Resolves when the one that tries is through, or takes too long. */
  async function either(over: Promise<void>, until: number, signal: AbortSignal | undefined): Promise<void> {
    const done = new AbortController();
    try {
      await abandonable(Promise.race([over, clock.until(until, done.signal).catch(() => {})]), signal);
    } finally {
      done.abort();
    }
  }

  async function sleep(until: number, over: AbortSignal, signal: AbortSignal | undefined): Promise<void> {
    // One of its own for each: any number may wait for the same pause.
    const either = AbortSignal.any(signal === undefined ? [over] : [signal, over]);
    await clock.until(until, either).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!over.aborted) throw error;
    });
  }

  function begin(now: number): Passage {
    let over = () => {};
    const mine = new Promise<void>((resolve) => {
      over = resolve;
    });
    trial = { over: mine, until: now + policy.longestBreakMs };
    return {
      isTrial: true,
      leave() {
        if (trial?.over === mine) trial = null;
        over();
      },
    };
  }

  function reset(): void {
    pause?.over.abort();
    pause = null;
    inARow = 0;
    pauses = 0;
  }

  return {
    outage,
    ready,
    enter,
    reset,
    failed(error) {
      inARow += 1;
      if (inARow < policy.breakAfter) return;
      // Those that were on their way when the pause began do not make it longer.
      if (pause !== null && pause.until > clock.monotonic()) return;
      pause = { error, until: clock.monotonic() + nextPauseMs(), over: new AbortController() };
      pauses += 1;
    },
    answered() {
      const wasDown = pause !== null;
      reset();
      return wasDown;
    },
    tryNow() {
      if (pause === null) return;
      const { error, over } = pause;
      pause = { error, until: clock.monotonic(), over: new AbortController() };
      over.abort();
    },
  };
}
