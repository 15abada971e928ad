/** What is left to everybody by name: at most `perMinute`, used up at once or bit by bit, and filled again evenly. */
export interface Allowances {
  /** Below zero once more was taken than there was. */
  left(name: string, perMinute: number): number;
  /** Takes an amount, whatever is left; a negative one gives back. */
  take(name: string, perMinute: number, amount: number): void;
}

interface Bucket {
  perMinute: number;
  left: number;
  at: number;
}

/** Above this many, full buckets are dropped: every token's subject makes one, and there is no end of subjects. */
const SWEEP_ABOVE = 10_000;
const MINUTE_MS = 60_000;
/** What rounding may cost a bucket that was filled bit by bit. */
export const TINY = 1e-6;

/** `clock` in milliseconds. */
export function createAllowances(clock: () => number): Allowances {
  const buckets = new Map<string, Bucket>();
  const leftOf = ({ perMinute, left, at }: Bucket, now: number) =>
    Math.min(perMinute, left + ((now - at) * perMinute) / MINUTE_MS);

  function left(name: string, perMinute: number): number {
    const bucket = buckets.get(name);
    return bucket === undefined ? perMinute : leftOf({ ...bucket, perMinute }, clock());
  }

  function sweep(now: number): void {
    for (const [name, each] of buckets) if (leftOf(each, now) >= each.perMinute) buckets.delete(name);
  }

  return {
    left,
    take(name, perMinute, amount) {
      const now = clock();
      buckets.set(name, { perMinute, left: left(name, perMinute) - amount, at: now });
      if (buckets.size > SWEEP_ABOVE) sweep(now);
    },
  };
}

/** In how many milliseconds an allowance of which `left` is left has grown to `wanted`. */
export function growsIn(left: number, wanted: number, perMinute: number): number {
  return Math.max(0, Math.ceil(((wanted - left) * MINUTE_MS) / perMinute - TINY));
}
