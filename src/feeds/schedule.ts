import type { ClockReading } from '../records/clock-reading.ts';

import {
  counts,
  type FeedTiming,
  lackingWindows,
  type ReadPart,
  statesOf,
  timeOf,
} from '../records/coverage.ts';

import { windowsToAsk } from '../records/edges.ts';

import { type Interval, intersect, lengthOf, subtract } from '../records/interval.ts';
import { reachOf, type Window } from '../records/window.ts';

export interface PlanInput {
  readonly timing: FeedTiming;
  /** How long after its end an interval is read again; milliseconds. */
  readonly revisits: readonly number[];
  /** Where filling begins; the feed's reach where null. */
  readonly since: number | null;
  /** As it was read, uncut. */
  readonly ledger: readonly ReadPart[];
  readonly settlementLag: number;
  /** Plans go by the provider's clock. */
  readonly clock: ClockReading;
  /** Whether a window failed a moment ago and is not to be asked for yet. */
  readonly mustWait: (window: Window) => boolean;
  /** The most windows of one plan. */
  readonly most: number;
}

export interface Plan {
  /** In the order they are to be read. */
  readonly windows: readonly Window[];
  /** Missing time that the provider drops within `EXPIRY_WARNING_MS`; milliseconds. */
  readonly expiringMs: number;
  /** Missing time since `since` that the provider no longer gives; milliseconds. */
  readonly lostMs: number;
  /** Missing time that can still be had; milliseconds. */
  readonly missingMs: number;
}

const EXPIRY_WARNING_MS = 24 * 3_600_000;

/**
 * What sync reads next of one feed: what expires soon before all else, then the newest, then intervals due for
 * another look, then the oldest that is missing.
 */
export function planFeed(input: PlanInput): Plan {
  const { timing, revisits, since, ledger, settlementLag, clock, mustWait, most } = input;
  const now = clock.providerNow;
  const reach = reachOf({ ...clock, retentionMs: timing.retention });
  const from = since ?? syncStart(timing, clock);
  const wanted = { from, to: now };
  const reachable = intersect(wanted, reach);
  const parts = ledger.flatMap((part) => statesOf(part, { settlementLag, finalAfter: settlementLag }));
  const there = parts.filter((part) => counts(part, timing, clock));
  const missing = reachable === null ? [] : subtract(reachable, there);
  const expiring =
    timing.retention === null ? [] : cut(missing, { from: reach.from, to: reach.from + EXPIRY_WARNING_MS });
  const latest = { from: Math.max(from, now - 2 * timing.grid), to: now };
  const newest = lackingWindows(timing, latest, parts, clock);
  const grid = (parts: readonly Interval[]) => parts.flatMap((part) => windowsToAsk(part, timing));
  const inOrder = [
    ...grid(expiring),
    ...newest,
    ...grid(dueForRevisit(ledger, revisits, reachable, now)),
    ...grid(missing),
  ];
  const distinct = new Map(inOrder.map((window) => [window.from, window]));
  return {
    windows: [...distinct.values()].filter((window) => window.from < now && !mustWait(window)).slice(0, most),
    expiringMs: lengthOf(expiring),
    lostMs: lengthOf(cut(subtract(wanted, there), { from, to: Math.max(from, reach.from) })),
    missingMs: lengthOf(missing),
  };
}

/** Where filling begins when nobody said: as far back as the provider goes, or a day where it states no end. */
export function syncStart({ retention }: FeedTiming, clock: ClockReading): number {
  if (retention === null) return clock.providerNow - 86_400_000;
  return reachOf({ ...clock, retentionMs: retention }).from;
}

/** Whether a window is still worth reading: some of it missing, or due for another look. */
export function isDue(
  input: Pick<PlanInput, 'timing' | 'revisits' | 'ledger' | 'settlementLag' | 'clock'>,
  window: Window,
): boolean {
  const { timing, revisits, ledger, settlementLag, clock } = input;
  const parts = ledger.flatMap((part) => statesOf(part, { settlementLag, finalAfter: settlementLag }));
  return (
    lackingWindows(timing, window, parts, clock).some(({ from }) => from === window.from) ||
    dueForRevisit(ledger, revisits, window, clock.providerNow).length > 0
  );
}

/** Intervals read before the instant of a revisit that has come, oldest first. */
function dueForRevisit(
  ledger: readonly ReadPart[],
  revisits: readonly number[],
  reachable: Interval | null,
  now: number,
): Interval[] {
  const due = ledger.filter((part) =>
    revisits.some((after) => timeOf(part) < part.to + after && part.to + after <= now),
  );
  return reachable === null ? [] : cut(due, reachable);
}

function cut(parts: readonly Interval[], to: Interval): Interval[] {
  return parts.flatMap((part) => intersect(part, to) ?? []);
}
