import type { UpstreamError } from '../errors.ts';
import { type Breaker, createBreaker, type Outage, type Passage } from './breaker.ts';
import type { Clock } from './clock.ts';
import type { RetryPolicy } from './retry.ts';

/** Holds back one account's calls while its provider is down, those of single operations while they alone are. */
export interface AccountBreaker {
  /** Why an operation's calls are held back, by its pace key; null while they go freely. */
  outage(key: string): Outage | null;
  /** As a breaker's, for a call of an operation. */
  ready(key: string, signal: AbortSignal | undefined, onWait: (outage: Outage) => void): Promise<void>;
  enter(key: string): Passage | null;
  failed(key: string, error: UpstreamError): void;
  /** The provider answered an operation; true where that or the account had been down. */
  answered(key: string): boolean;
  /** Lets all of the account's calls go, as if none had failed. */
  reset(): void;
}

// An operation whose call failed as the one that tried gives way to the account's others, or one that alone is down
// would keep all of them from being tried.
const GIVE_WAY_MS = 1_000;

/**
 * While no operation answers, one call at a time tries for the whole account, and the first answer lets all go. An
 * operation that fails while others answer is held back by itself.
 */
export function createAccountBreaker(
  policy: Pick<RetryPolicy, 'breakAfter' | 'breakMs' | 'longestBreakMs'>,
  clock: Clock,
): AccountBreaker {
  const account = createBreaker(policy, clock);
  const operations = new Map<string, Breaker>();
  let lastTried: string | null = null;

  function operationOf(key: string): Breaker {
    let breaker = operations.get(key);
    if (breaker === undefined) {
      breaker = createBreaker(policy, clock);
      operations.set(key, breaker);
    }
    return breaker;
  }

  const laterMs = (key: string) => (key === lastTried && operations.size > 1 ? GIVE_WAY_MS : 0);

  function reset(): void {
    lastTried = null;
    account.reset();
    for (const each of operations.values()) each.reset();
  }

  return {
    outage: (key) => account.outage() ?? operations.get(key)?.outage() ?? null,
    async ready(key, signal, onWait) {
      const operation = operationOf(key);
      for (;;) {
        await account.ready(signal, onWait, laterMs(key));
        if (account.outage() !== null) return;
        await operation.ready(signal, onWait);
        if (account.outage() === null) return;
      }
    },
    enter(key) {
      if (account.outage() === null) return operationOf(key).enter();
      const passage = account.enter(laterMs(key));
      if (passage !== null) lastTried = key;
      return passage;
    },
    failed(key, error) {
      account.failed(error);
      operationOf(key).failed(error);
    },
    answered(key) {
      if (account.answered()) {
        reset();
        return true;
      }
      if (!operationOf(key).answered()) return false;
      // An operation that answers again makes it likely that the account's others do as well.
      for (const each of operations.values()) each.tryNow();
      return true;
    },
    reset,
  };
}
