import type { Viewer } from '../../graph/viewer.ts';
import { TooManyRequestsError } from '../http/refusal.ts';

/** Takes a request's cost from its key's budget; throws a TooManyRequestsError once that is spent. */
export type Charge = (viewer: Viewer, cost: number) => void;

interface Bucket {
  left: number;
  at: number;
}

/** Above this many, full buckets are dropped: every token's subject makes one, and there is no end of subjects. */
const sweepAbove = 10_000;

/**
 * A budget for every key, by its name: `perMinute` at most, filled again evenly. A request that costs more than is
 * left is refused and costs nothing.
 */
export function createBudget(perMinute: number, clock: () => number): Charge {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  const leftOf = (bucket: Bucket, now: number) =>
    Math.min(perMinute, bucket.left + (now - bucket.at) * perMs);

  return ({ name }, cost) => {
    const now = clock();
    const bucket = buckets.get(name) ?? { left: perMinute, at: now };
    const left = leftOf(bucket, now);
    if (cost > left) {
      const seconds = Math.max(1, Math.ceil((Math.min(cost, perMinute) - left) / perMs / 1000));
      throw new TooManyRequestsError(
        `the key ${name} has spent its budget of ${perMinute} a minute: this costs ${cost}, ${Math.floor(left)} is left`,
        seconds,
      );
    }
    bucket.left = left - cost;
    bucket.at = now;
    buckets.set(name, bucket);
    if (buckets.size > sweepAbove) {
      for (const [key, each] of buckets) if (leftOf(each, now) >= perMinute) buckets.delete(key);
    }
  };
}
