import { createAllowances, growsIn, TINY } from '../records/allowance.ts';
import type { Failure } from './trouble.ts';

const MINUTE_MS = 60_000;

/** Whose budget the provider calls of a request come from. */
export interface Payer {
  /** Takes one call in advance, for a window or a lookup that is begun; null once the budget is spent. */
  begin(): Payment | null;
  /** Why `begin` gave nothing, and in how many milliseconds it will; null where it never does. */
  refusal(): { readonly message: string; readonly retryInMs: number | null };
}

/** Why `begin` gave nothing, as what a read failed of. */
export function refusalOf(payer: Payer): Failure {
  const { message, retryInMs } = payer.refusal();
  return { reason: 'RATE_LIMITED', waitMs: retryInMs ?? MINUTE_MS, message, raw: null, cause: null };
}

/** What was begun once. */
export interface Payment {
  /** A call has left: the first was paid in advance, each later one is debited, whatever is left. */
  called(): void;
  /** It is over: what was paid in advance for a call that never left is given back. */
  end(): void;
}

export interface CallBudgetsOptions {
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  /** Told of every call that a payer's request has caused. */
  readonly onCall?: (payer: string) => void;
}

/**
 * A budget of provider calls for every key, by its name: `perMinute` at most, filled again evenly, null for no bound.
 * It is this process's own.
 */
export function createCallBudgets({ monotonic, onCall }: CallBudgetsOptions) {
  const allowances = createAllowances(monotonic);

  return (name: string, perMinute: number | null): Payer => {
    const take = (calls: number) => {
      if (perMinute !== null) allowances.take(name, perMinute, calls);
    };
    return {
      begin() {
        if (perMinute !== null && allowances.left(name, perMinute) < 1 - TINY) return null;
        take(1);
        let calls = 0;
        return {
          called() {
            calls += 1;
            if (calls > 1) take(1);
            onCall?.(name);
          },
          end() {
            if (calls === 0) take(-1);
            calls = Number.POSITIVE_INFINITY;
          },
        };
      },
      refusal() {
        const limit = perMinute ?? 0;
        return {
          message: `the provider calls of this key are spent (calls: ${limit}/m)`,
          retryInMs: limit === 0 ? null : growsIn(allowances.left(name, limit), 1, limit),
        };
      },
    };
  };
}
