/** Lets those who ask go on a few at a time, first come first served, so that everybody else has a turn between. */
export type Trickle = () => Promise<void>;

/** `atOnce` go on in each turn of the event loop; alone nobody waits. */
export function createTrickle(atOnce: number): Trickle {
  const waiting: (() => void)[] = [];
  let next = 0;
  let passed = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      passed = Math.min(atOnce, waiting.length - next);
      for (const end = next + passed; next < end; next += 1) waiting[next]?.();
      if (next === waiting.length) {
        waiting.length = 0;
        next = 0;
      }
      if (passed > 0) schedule();
    });
  }

  return () => {
    schedule();
    if (passed >= atOnce) return new Promise((resolve) => waiting.push(resolve));
    passed += 1;
    return Promise.resolve();
  };
}
