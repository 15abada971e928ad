import type { UpstreamError } from '../errors.ts';
import { abandonable } from './abandon.ts';
import type { Clock } from './clock.ts';
import type { RetryPolicy } from './retry.ts';

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

/** Holds back one operation's calls while its provider is down, and lets one at a time try. */
export interface Breaker {
  /** Null while calls go freely. */
  outage(): Outage | null;
  /** Resolves when calls go freely or one may try; `onWait` is told while none may. Rejects with the signal's reason. */
  ready(signal: AbortSignal | undefined, onWait: (outage: Outage) => void): Promise<void>;
  /**
   * Lets a call go whose turn has come, or makes it the one that tries; null where it has to wait with the others. Asked
   * for no sooner: who tries while it still waits for something else would hold up those it waits for.
   */
  enter(): Passage | null;
  failed(error: UpstreamError): void;
  /** The provider answered; true where it had been down. */
  answered(): boolean;
  /** Lets the next call try at once, where calls are held back. */
  tryNow(): void;
}

/** Pauses after `breakAfter` failures in a row, each time for longer, at most `longestBreakMs`; by the monotonic clock. */
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
  let trial: Promise<void> | null = null;

  const nextPauseMs = () => Math.min(policy.longestBreakMs, policy.breakMs * 2 ** pauses);

  function outage(): Outage | null {
    if (pause === null) return null;
    // While one tries, the next comes no sooner than after the pause that its failure begins.
    const retryInMs = trial === null ? Math.max(0, pause.until - clock.monotonic()) : nextPauseMs();
    return { error: pause.error, retryInMs };
  }

  async function ready(signal: AbortSignal | undefined, onWait: (outage: Outage) => void): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const held = outage();
      if (pause === null || held === null) return;
      if (trial !== null) {
        onWait(held);
        await abandonable(trial, signal);
      } else if (pause.until > clock.monotonic()) {
        onWait(held);
        await sleep(pause.until, pause.over.signal, signal);
      } else {
        return;
      }
    }
  }

  function enter(): Passage | null {
    if (pause === null) return { isTrial: false, leave() {} };
    return trial !== null || pause.until > clock.monotonic() ? null : begin();
  }

  async function sleep(until: number, over: AbortSignal, signal: AbortSignal | undefined): Promise<void> {
    // One of its own for each: any number may wait for the same pause.
    const either = AbortSignal.any(signal === undefined ? [over] : [signal, over]);
    await clock.until(until, either).catch((error: unknown) => {
      signal?.throwIfAborted();
      if (!over.aborted) throw error;
    });
  }

  function begin(): Passage {
    let over = () => {};
    const mine = new Promise<void>((resolve) => {
      over = resolve;
    });
    trial = mine;
    return {
      isTrial: true,
      leave() {
        if (trial === mine) trial = null;
        over();
      },
    };
  }

  return {
    outage,
    ready,
    enter,
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
      pause?.over.abort();
      pause = null;
      inARow = 0;
      pauses = 0;
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
