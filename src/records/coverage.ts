import type { Interval } from './interval.ts';
import type { RecordKind } from './record.ts';

export const gapReasons = [
  'PENDING',
  'RATE_LIMITED',
  'PROVIDER_ERROR',
  'CREDENTIALS_REFUSED',
  'TOO_MANY_ROWS',
  'QUARANTINED',
  'BEYOND_RETENTION',
  'IN_FUTURE',
] as const;
export type GapReason = (typeof gapReasons)[number];

/** A part of an asked range that is not held, with the reason. */
export interface Gap extends Interval {
  readonly account: string;
  readonly kind: RecordKind;
  readonly reason: GapReason;
  /** When asking again may bring more; null where it never will, or nobody can tell. */
  readonly retryAt: number | null;
  readonly message: string | null;
}

/** How much of what was asked is there. The held parts and the gaps tile the asked range of every feed. */
export interface Coverage {
  readonly complete: boolean;
  /** Complete, and no planned revisit is outstanding. */
  readonly final: boolean;
  readonly windowsAsked: number;
  readonly windowsHeld: number;
  readonly quarantined: number;
  readonly gaps: readonly Gap[];
}

/** One feed's coverage, with the held parts behind it. */
export interface FeedCoverage {
  readonly account: string;
  readonly kind: RecordKind;
  readonly coverage: Coverage;
  readonly held: readonly Interval[];
  /** The end of the final part that starts at the range's start; null where nothing there is final. */
  readonly finalUntil: number | null;
}
