import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyBaseLogger } from 'fastify';

export interface OverloadOptions {
  /** A delay above this is too much; milliseconds. @default 500 */
  readonly limitMs?: number;
  /** How long it must last on end; milliseconds. @default 3000 */
  readonly forMs?: number;
  /** Told when it begins (true) and when it ends. */
  readonly onChange?: (isOverloaded: boolean) => void;
}

/** Whether the process has more to do than it can. */
export interface Overload {
  /** Takes in the delay of the event loop since the last time; both in milliseconds, `now` on any clock that only grows. */
  note(delayMs: number, now: number): void;
  isOverloaded(): boolean;
}

/** Overloaded from when the delay was too much for long enough until it is not. */
export function createOverload({ limitMs = 500, forMs = 3_000, onChange }: OverloadOptions = {}): Overload {
  let since: number | null = null;
  let isOverloaded = false;
  return {
    note(delayMs, now) {
      since = delayMs > limitMs ? (since ?? now) : null;
      const was = isOverloaded;
      isOverloaded = since !== null && now - since >= forMs;
      if (isOverloaded !== was) onChange?.(isOverloaded);
    },
    isOverloaded: () => isOverloaded,
  };
}

export interface OverloadWatch {
  isOverloaded(): boolean;
  stop(): void;
}

const EVERY_MS = 500;
const RESOLUTION_MS = 20;

/** Measures the event loop of this process until it is stopped. */
export function watchOverload(logger: FastifyBaseLogger): OverloadWatch {
  const overload = createOverload({
    onChange: (isOverloaded) =>
      logger.warn(isOverloaded ? 'overloaded: requests are refused' : 'no longer overloaded'),
  });
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  const timer = setInterval(() => {
    // Where nothing was measured yet, this timer came before the measuring one: the next time tells.
    if (delays.count === 0) return;
    overload.note(delays.mean / 1e6 - RESOLUTION_MS, performance.now());
    delays.reset();
  }, EVERY_MS).unref();
  return {
    isOverloaded: overload.isOverloaded,
    stop() {
      clearInterval(timer);
      delays.disable();
    },
  };
}
