import type { ClockReading } from './clock-reading.ts';
import { windowsToAsk } from './edges.ts';
import { type Interval, intersect, isEmpty, subtract, union } from './interval.ts';
import type { RecordKind } from './record.ts';
import { countWindows, FUTURE_MARGIN_MS, reachOf, type Window } from './window.ts';

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

/**
 * How much of what was asked is there. What is held, what is open and was read a moment ago, and the gaps tile the
 * asked range of every feed.
 */
export interface Coverage {
  /** Every instant asked was read; what is open, within `openMaxAge`. */
  readonly complete: boolean;
  /** Complete, no planned revisit is outstanding, and nothing is contradicted. */
  readonly final: boolean;
  readonly windowsAsked: number;
  readonly windowsHeld: number;
  readonly quarantined: number;
  /** Rows that a later read of their time did not list, not confirmed yet. */
  readonly contradicted: number;
  /** From here on rows may still come; null where all that was read is held. */
  readonly openFrom: number | null;
  readonly gaps: readonly Gap[];
}

/** One feed's coverage, with the held parts behind it. */
export interface FeedCoverage {
  readonly account: string;
  readonly kind: RecordKind;
  readonly coverage: Coverage;
  /** What is held or final: not what is open. */
  readonly held: readonly Interval[];
  /** The end of the final part that starts at the range's start; null where nothing there is final. */
  readonly finalUntil: number | null;
}

/** An interval that was read, and when: by our clock, and by the provider's at the least. */
export interface ReadPart extends Interval {
  readonly readAt: number;
  /** What the provider's clock showed at least when the read left. @default readAt, where it was not known */
  readonly providerAt?: number | null;
  readonly quarantined: number;
  /** Rows within it that a later read did not list. @default 0 */
  readonly contradicted?: number;
}

/**
 * A part of one feed's ledger of one state, by the provider's clock: `open` lies less than `settlementLag` before its
 * read, `held` longer before it, `final` longer than the last planned revisit.
 */
export interface HeldPart extends ReadPart {
  readonly state: 'open' | 'held' | 'final';
}

/** How reads age; durations in milliseconds. */
export interface Ageing {
  readonly settlementLag: number;
  /** At least `settlementLag`. */
  readonly finalAfter: number;
}

/** When a part was read, by the provider's clock; by ours where that was not known. */
export function timeOf({ readAt, providerAt }: ReadPart): number {
  return providerAt ?? readAt;
}

/** Where a read was open, held and final; one with rows set aside is not divided, its youngest state is that of all. */
export function statesOf(part: ReadPart, { settlementLag, finalAfter }: Ageing): HeldPart[] {
  const at = timeOf(part);
  const [finalTo, heldTo] = [at - finalAfter, at - settlementLag];
  if (part.quarantined > 0) {
    return [{ ...part, state: part.to > heldTo ? 'open' : part.to > finalTo ? 'held' : 'final' }];
  }
  const spans = [
    { state: 'final' as const, from: part.from, to: finalTo },
    { state: 'held' as const, from: finalTo, to: heldTo },
    { state: 'open' as const, from: heldTo, to: part.to },
  ];
  return spans.flatMap(({ state, ...span }) => {
    const cut = intersect(part, span);
    return cut === null ? [] : [{ ...part, ...cut, state }];
  });
}

/** The parts of a feed's ledger with the instants at which rows are in doubt told apart: there nothing is final. */
export function splitAtDoubts<P extends HeldPart>(parts: readonly P[], instants: readonly number[]): P[] {
  if (instants.length === 0) return [...parts];
  const sorted = [...instants].sort((a, b) => a - b);
  return parts.flatMap((part) => {
    const inside = sorted.filter((at) => part.from <= at && at < part.to);
    if (inside.length === 0) return [part];
    // Rows set aside hold a part together.
    if (part.quarantined > 0) return [{ ...part, contradicted: inside.length }];
    const split: P[] = [];
    let from = part.from;
    for (const at of new Set(inside)) {
      if (from < at) split.push({ ...part, from, to: at });
      const contradicted = inside.filter((other) => other === at).length;
      const state = part.state === 'final' ? 'held' : part.state;
      split.push({ ...part, from: at, to: at + 1, state, contradicted });
      from = at + 1;
    }
    if (from < part.to) split.push({ ...part, from });
    return split;
  });
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
  /** The length of the instants at which windows meet, where they are as long as one call may ask for; else null. */
  readonly edge: number | null;
}

/**
 * The windows of `range` that a query has to ask for, newest first: never read, or open and grown old.
 * At most `mostMs` of missing time is listed, the newest of it.
 */
export function lackingWindows(
  timing: FeedTiming,
  range: Interval,
  parts: readonly HeldPart[],
  clock: ClockReading,
  mostMs = Number.POSITIVE_INFINITY,
): Window[] {
  const askable = intersect(range, reachOf({ ...clock, retentionMs: timing.retention }));
  if (askable === null) return [];
  const settled = parts.flatMap((part) => {
    // A window read a moment ago is not asked again for the few seconds it could not yet show.
    if (isFresh(part, timing, clock) && endsWhereItsReadCould(part))
      return [{ from: part.from, to: windowEnd(part, timing) }];
    return counts(part, timing, clock) ? [part] : [];
  });
  const windows = newest(subtract(askable, settled), mostMs).flatMap((part) => windowsToAsk(part, timing));
  const distinct = new Map(windows.map((window) => [window.from, window]));
  return [...distinct.values()].sort((a, b) => b.from - a.from);
}

/**
 * What a feed's ledger says of `range`: what is held, what is open, and the gaps between them, which together tile it.
 * `troubles` explain what is missing; where there is none a gap is PENDING.
 */
export function coverageOf(
  timing: FeedTiming,
  range: Interval,
  parts: readonly HeldPart[],
  troubles: readonly Trouble[],
  clock: ClockReading,
): FeedCoverage {
  const { account, kind, grid } = timing;
  const within = parts.flatMap((part) => {
    const cut = intersect(part, range);
    return cut === null ? [] : [{ ...part, ...cut }];
  });
  const sound = within.filter((part) => part.quarantined === 0 && counts(part, timing, clock));
  const open = sound.filter((part) => part.state === 'open');
  const reasons = reasonsOf(within, troubles, timing, clock);
  const gaps = joinGaps(
    subtract(range, sound).flatMap((missing) =>
      explain(missing, reasons).map((gap) => ({ account, kind, ...gap })),
    ),
  );
  const windowsAsked = countWindows(range, grid);
  const complete = gaps.length === 0;
  const contradicted = total(within, (part) => part.contradicted ?? 0);
  return {
    account,
    kind,
    held: union(sound.filter((part) => part.state !== 'open')),
    finalUntil: finalUntil(range, sound),
    coverage: {
      complete,
      final: complete && contradicted === 0 && sound.every((part) => part.state === 'final'),
      windowsAsked,
      windowsHeld: windowsAsked - windowsMissing(gaps, grid),
      quarantined: total(within, (part) => part.quarantined),
      contradicted,
      openFrom: open.length === 0 ? null : Math.min(...open.map((part) => part.from)),
      gaps,
    },
  };
}

/** Whether a part is as good as there: held, or open and read a moment ago. */
export function counts(part: HeldPart, timing: FeedTiming, clock: ClockReading): boolean {
  return part.state !== 'open' || isFresh(part, timing, clock);
}

/** Whether a part was read within `openMaxAge`, by the provider's clock; one read in its future tells nothing. */
function isFresh(part: ReadPart, timing: FeedTiming, clock: ClockReading): boolean {
  return Math.abs(clock.providerNow - timeOf(part)) <= timing.openMaxAge;
}

// A step, and as much for what was learnt of the clock meanwhile.
const REACH_TOLERANCE_MS = 2_000;

/** Whether a part ends because the provider's present did, and not because no more was asked for. */
function endsWhereItsReadCould(part: ReadPart): boolean {
  return part.to >= timeOf(part) - FUTURE_MARGIN_MS - REACH_TOLERANCE_MS;
}

function windowEnd({ to }: Interval, { grid }: FeedTiming): number {
  return Math.ceil(to / grid) * grid;
}

function total<T>(of: readonly T[], count: (each: T) => number): number {
  return of.reduce((sum, each) => sum + count(each), 0);
}

/** Several feeds' coverage taken together. */
export function joinCoverage(feeds: readonly FeedCoverage[]): Coverage {
  const all = feeds.map((feed) => feed.coverage);
  const openFrom = all.map((each) => each.openFrom).filter((from) => from !== null);
  return {
    complete: all.every((each) => each.complete),
    final: all.every((each) => each.final),
    windowsAsked: total(all, (each) => each.windowsAsked),
    windowsHeld: total(all, (each) => each.windowsHeld),
    quarantined: total(all, (each) => each.quarantined),
    contradicted: total(all, (each) => each.contradicted),
    openFrom: openFrom.length === 0 ? null : Math.min(...openFrom),
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

/** Why time may be missing, the weightiest reason first; of any time, what of it is missing is for `explain`. */
function reasonsOf(
  parts: readonly HeldPart[],
  troubles: readonly Trouble[],
  timing: FeedTiming,
  clock: ClockReading,
): Reasons {
  const reach = reachOf({ ...clock, retentionMs: timing.retention });
  // What the provider's clock has to show first, as the time by ours when it surely will.
  const byOurs = (at: number) => clock.now + Math.max(0, at - clock.providerNow);
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
      .filter((part) => endsWhereItsReadCould(part) && isFresh(part, timing, clock))
      .map((part) => ({
        from: part.to,
        to: windowEnd(part, timing),
        reason: 'PENDING' as const,
        retryAt: byOurs(timeOf(part) + timing.openMaxAge),
        message: null,
      })),
  ];
  return { reasons, byOurs };
}

interface Reasons {
  readonly reasons: readonly Trouble[];
  /** The time by our clock at which the provider's surely shows an instant. */
  readonly byOurs: (at: number) => number;
}

function explain(missing: Interval, { reasons, byOurs }: Reasons): Trouble[] {
  const explained: Trouble[] = [];
  let left: Interval[] = [missing];
  for (const reason of reasons) {
    if (left.length === 0) break;
    // Thousands of reasons may be known of a range, and few of them are of this part.
    if (reason.to <= missing.from || reason.from >= missing.to) continue;
    for (const part of left) {
      const cut = intersect(part, reason);
      if (cut !== null) explained.push({ ...reason, ...cut });
    }
    left = left.flatMap((part) => subtract(part, [reason]));
  }
  for (const part of left) explained.push({ ...part, reason: 'PENDING', retryAt: null, message: null });
  return explained
    .map((gap) => (gap.reason === 'IN_FUTURE' ? { ...gap, retryAt: byOurs(gap.to + FUTURE_MARGIN_MS) } : gap))
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
