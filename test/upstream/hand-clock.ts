import type { Clock } from '../../src/upstream/clock.ts';

/** A monotonic clock moved by hand; the wall's jumps about, since nothing may be waited for by it. */
export function handClock(): Clock & { pass(ms: number): Promise<void> } {
  let at = 0;
  const waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();
  return {
    now: () => (at % 2 === 0 ? 1 : 1e13),
    monotonic: () => at,
    until: (until, signal) =>
      new Promise((resolve, reject) => {
        if (until <= at) return resolve();
        waiting.add({ until, resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    async pass(ms) {
      at += ms;
      for (const each of waiting) if (each.until <= at) each.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
