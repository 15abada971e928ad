/** A provider's rule of how often it may be called; all calls under one key share it. */
export interface PaceRule {
  /** The provider's rule, e.g. `vertexplay integrator01 /v2/betlogs`: two accounts of one agent share it. */
  readonly key: string;
  readonly minIntervalMs: number;
  readonly quota: { readonly calls: number; readonly perMs: number } | null;
}

/** How many calls a minute a rule allows at the most; null where it sets no bound. */
export function allowedPerMinute({ minIntervalMs, quota }: PaceRule): number | null {
  const byInterval = minIntervalMs === 0 ? Number.POSITIVE_INFINITY : Math.floor(MINUTE_MS / minIntervalMs);
  const byQuota =
    quota === null ? Number.POSITIVE_INFINITY : Math.floor((quota.calls * MINUTE_MS) / quota.perMs);
  const least = Math.min(byInterval, byQuota);
  return least === Number.POSITIVE_INFINITY ? null : least;
}

const MINUTE_MS = 60_000;

/** Whether somebody waits for what a call brings. */
export type Lane = 'interactive' | 'background';

/** An instant at which one call may leave, on the caller's monotonic clock. */
export interface Reservation {
  readonly at: number;
  /** Whether a call written at `now` still keeps the distance to the next one; where not, the slot is to be given back. */
  readonly good: (now: number) => boolean;
}

/** Where the next start per pace key is kept: in this process, or in a database that several share. */
export interface SlotSource {
  /** `lane` is asked as often as it matters: who waits may change while a slot is awaited. */
  reserve(rule: PaceRule, lane: () => Lane, signal?: AbortSignal): Promise<Reservation>;
  /** The call was written at this instant, on an open connection: the next interval runs from here. */
  written(rule: PaceRule, at: number): void;
  /** The slot was not used. */
  unused(rule: PaceRule, reservation: Reservation): void;
  /** The provider found us too fast: nothing more before this instant, and a wider guard from then on. */
  slowDown(rule: PaceRule, until: number): void;
}
