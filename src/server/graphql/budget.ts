import type { Viewer } from '../../graph/viewer.ts';
import { createAllowances, growsIn } from '../../records/allowance.ts';
import { TooManyRequestsError } from '../http/refusal.ts';

/** Takes a request's cost from its key's budget; throws a TooManyRequestsError once that is spent. */
export type Charge = (viewer: Viewer, cost: number) => void;

/**
 * A budget for every key, by its name: `perMinute` at most, filled again evenly. A request that costs more than is
 * left is refused and costs nothing.
 */
export function createBudget(perMinute: number, clock: () => number): Charge {
  const allowances = createAllowances(clock);
  return ({ name }, cost) => {
    const left = allowances.left(name, perMinute);
    if (cost > left) {
      const seconds = Math.max(1, Math.ceil(growsIn(left, Math.min(cost, perMinute), perMinute) / 1000));
      throw new TooManyRequestsError(
        `the key ${name} has spent its budget of ${perMinute} a minute: this costs ${cost}, ${Math.floor(left)} is left`,
        seconds,
      );
    }
    allowances.take(name, perMinute, cost);
  };
}
