/** How passing faults are repeated, as data; durations in milliseconds. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly longestMs: number;
  /** Failures in a row after which an operation's calls pause, and for how long at first and at most. */
  readonly breakAfter: number;
  readonly breakMs: number;
  readonly longestBreakMs: number;
  /** How often a call may be told to slow down before it is given up. */
  readonly maxSlowDowns: number;
  /** How long an account whose credentials were refused stays stopped, at first and at most. */
  readonly stopMs: number;
  readonly longestStopMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  baseMs: 250,
  longestMs: 30_000,
  breakAfter: 5,
  breakMs: 5_000,
  // A provider that is back is noticed within 15 s, its answer included.
  longestBreakMs: 12_000,
  maxSlowDowns: 20,
  stopMs: 300_000,
  longestStopMs: 3_600_000,
};

/** Full jitter: anything from nothing to the doubled base, so that many callers do not come back at once. */
export function backoffMs(policy: RetryPolicy, failures: number, random: () => number = Math.random): number {
  return random() * Math.min(policy.longestMs, policy.baseMs * 2 ** failures);
}
