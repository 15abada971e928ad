export interface ThrottleOptions {
  /** How many pass in a span of `perMs`. */
  readonly most: number;
  readonly perMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Whether one more passes, and how many did not since the last that did. */
export type Throttle = () => { readonly passes: boolean; readonly dropped: number };

/** Lets the first `most` of every span pass and counts the others. */
export function createThrottle({ most, perMs, clock }: ThrottleOptions): Throttle {
  let span = Number.NaN;
  let passed = 0;
  let waiting = 0;
  return () => {
    const now = Math.floor(clock() / perMs);
    if (now !== span) passed = 0;
    span = now;
    if (passed >= most) {
      waiting += 1;
      return { passes: false, dropped: waiting };
    }
    const dropped = waiting;
    passed += 1;
    waiting = 0;
    return { passes: true, dropped };
  };
}
