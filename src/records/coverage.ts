import { type Interval, intersect, isEmpty, subtract, union } from './interval.ts';
import type { RecordKind } from './record.ts';
import { countWindows, reachOf, type Window, windowsOf } from './window.ts';

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

/**
 * A part of one feed's ledger: `open` was read before its end + settlementLag, `held` after it, `final` after the
 * last planned revisit.
 */
export interface HeldPart extends Interval {
  readonly state: 'open' | 'held' | 'final';
  /** The oldest read within it. */
  readonly readAt: number;
  readonly quarantined: number;
}

/** Why a part of a feed could not be had lately. */
export interface Trouble extends Interval {
  readonly reason: GapReason;
  readonly retryAt: number | null;
  readonly message: string | null;
}

/** What decides whether a part of a feed is worth asking for; durations in milliseconds. */
export interface FeedTiming {
  readonly account: string;
  readonly kind: RecordKind;
  readonly grid: number;
  readonly retention: number | null;
  readonly openMaxAge: number;
}

/**
 * The windows of `range` that a query has to ask for, newest first: never read, or open and grown old.
 * At most `mostMs` of missing time is listed, the newest of it.
 */
export function lackingWindows(
  timing: FeedTiming,
  range: Interval,
  parts: readonly HeldPart[],
  now: number,
  mostMs = Number.POSITIVE_INFINITY,
): Window[] {
  const askable = intersect(range, reachOf({ now, retentionMs: timing.retention }));
  if (askable === null) return [];
  const settled = parts.flatMap((part) => {
    if (part.state !== 'open' || part.quarantined > 0) return [part];
    if (now - part.readAt > timing.openMaxAge) return [];
    // A window read a moment ago is not asked again for the few seconds it could not yet show.
    return [{ from: part.from, to: Math.ceil(part.to / timing.grid) * timing.grid }];
  });
  const windows = newest(subtract(askable, settled), mostMs).flatMap((part) => windowsOf(part, timing.grid));
  const distinct = new Map(windows.map((window) => [window.from, window]));
  return [...distinct.values()].sort((a, b) => b.from - a.from);
}

/**
 * What a feed's ledger says of `range`: its held parts and the gaps between them, which together tile it.
 * `troubles` explain what is missing; where there is none a gap is PENDING.
 */
export function coverageOf(
  timing: FeedTiming,
  range: Interval,
  parts: readonly HeldPart[],
  troubles: readonly Trouble[],
  now: number,
): FeedCoverage {
  const { account, kind, grid } = timing;
  const within = parts.flatMap((part) => {
    const cut = intersect(part, range);
    return cut === null ? [] : [{ ...part, ...cut }];
  });
  const sound = within.filter((part) => part.quarantined === 0);
  const held = union(sound);
  const gaps = joinGaps(
    subtract(range, held).flatMap((missing) =>
      explain(missing, within, troubles, timing, now).map((gap) => ({ account, kind, ...gap })),
    ),
  );
  const windowsAsked = countWindows(range, grid);
  const complete = gaps.length === 0;
  return {
    account,
    kind,
    held,
    finalUntil: finalUntil(range, sound),
    coverage: {
      complete,
      final: complete && sound.every((part) => part.state === 'final'),
      windowsAsked,
      windowsHeld: windowsAsked - windowsMissing(gaps, grid),
      quarantined: within.reduce((total, part) => total + part.quarantined, 0),
      gaps,
    },
  };
}

/** Several feeds' coverage taken together. */
export function joinCoverage(feeds: readonly FeedCoverage[]): Coverage {
  const all = feeds.map((feed) => feed.coverage);
  const total = (count: (coverage: Coverage) => number) => all.reduce((sum, each) => sum + count(each), 0);
  return {
    complete: all.every((each) => each.complete),
    final: all.every((each) => each.final),
    windowsAsked: total((each) => each.windowsAsked),
    windowsHeld: total((each) => each.windowsHeld),
    quarantined: total((each) => each.quarantined),
    gaps: all.flatMap((each) => each.gaps),
  };
}

function newest(parts: readonly Interval[], mostMs: number): Interval[] {
  const kept: Interval[] = [];
  let left = mostMs;
  for (const part of parts.toReversed()) {
    if (left <= 0) break;
    kept.unshift({ from: Math.max(part.from, part.to - left), to: part.to });
    left -= part.to - part.from;
  }
  return kept;
}

function explain(
  missing: Interval,
  parts: readonly HeldPart[],
  troubles: readonly Trouble[],
  timing: FeedTiming,
  now: number,
): Trouble[] {
  const reach = reachOf({ now, retentionMs: timing.retention });
  const reasons: Trouble[] = [
    ...parts
      .filter((part) => part.quarantined > 0)
      .map((part) => ({
        from: part.from,
        to: part.to,
        reason: 'QUARANTINED' as const,
        retryAt: null,
        message: `${part.quarantined} row${part.quarantined === 1 ? '' : 's'} set aside`,
      })),
    { from: reach.to, to: Number.MAX_SAFE_INTEGER, reason: 'IN_FUTURE', retryAt: null, message: null },
    {
      from: Number.MIN_SAFE_INTEGER,
      to: reach.from,
      reason: 'BEYOND_RETENTION',
      retryAt: null,
      message: null,
    },
    ...troubles,
    ...parts
      .filter((part) => part.state === 'open')
      .map((part) => ({
        from: part.to,
        to: Math.ceil(part.to / timing.grid) * timing.grid,
        reason: 'PENDING' as const,
        retryAt: part.readAt + timing.openMaxAge,
        message: null,
      })),
  ];
  const explained: Trouble[] = [];
  let left: Interval[] = [missing];
  for (const reason of reasons) {
    if (left.length === 0) break;
    for (const part of left) {
      const cut = intersect(part, reason);
      if (cut !== null) explained.push({ ...reason, ...cut });
    }
    left = left.flatMap((part) => subtract(part, [reason]));
  }
  for (const part of left) explained.push({ ...part, reason: 'PENDING', retryAt: null, message: null });
  return explained
    .map((gap) => (gap.reason === 'IN_FUTURE' ? { ...gap, retryAt: gap.to + 1_000 } : gap))
    .sort((a, b) => a.from - b.from);
}

/** Adjacent gaps of one feed and reason are one; it may be asked again when the first of them may. */
function joinGaps(gaps: readonly Gap[]): Gap[] {
  const joined: Gap[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    if (last !== undefined && last.to === gap.from && last.reason === gap.reason) {
      joined[joined.length - 1] = {
        ...last,
        to: gap.to,
        retryAt: earliest(last.retryAt, gap.retryAt),
        message: last.message ?? gap.message,
      };
    } else if (!isEmpty(gap)) {
      joined.push(gap);
    }
  }
  return joined;
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function windowsMissing(gaps: readonly Gap[], grid: number): number {
  let counted = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (const gap of gaps) {
    const first = Math.max(Math.floor(gap.from / grid), counted);
    const end = Math.ceil(gap.to / grid);
    total += Math.max(0, end - first);
    counted = Math.max(counted, end);
  }
  return total;
}

function finalUntil(range: Interval, parts: readonly HeldPart[]): number | null {
  const first = union(parts.filter((part) => part.state === 'final')).at(0);
  return first !== undefined && first.from <= range.from ? first.to : null;
}
