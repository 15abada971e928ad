import {
  type ClockMeasure,
  type ClockOffset,
  type ClockReading,
  measuredWithin,
  unknownClock,
} from '../records/clock-reading.ts';
import type { Clock } from './clock.ts';
import { parseHttpDate } from './http-date.ts';

/** The instants, by the monotonic clock, between which an answer was dated. */
export interface Dated {
  readonly leftAt: number;
  readonly answeredAt: number;
}

/** One account's provider's clock, as the `Date` headers of its answers tell it. */
export interface ProviderClock {
  /** Takes an answer's `Date` in; one that is absent or cannot be read says nothing. */
  note(date: string | undefined, dated: Dated): void;
  /** This instant by both clocks, as last known; the provider's is ours where it never said. */
  read(): ClockReading;
  /** What the provider's clock showed at least at an instant of the monotonic clock; null where it did not say of late. */
  at(monotonic: number): number | null;
  /** How far it is ahead of ours, as last known; null where it never said. */
  offset(): ClockOffset | null;
  /** Takes in what was measured by a process before this one, or by another. */
  recall(measures: readonly ClockMeasure[]): void;
  /** Told what each answer says, by our wall clock. Returns how to stop. */
  onMeasure(listener: (offset: ClockOffset) => void): () => void;
  /**
   * Told when it fell back beyond what it could have been, and when it is first known: it may have fallen before.
   * Returns how to stop.
   */
  onFall(listener: (fall: ClockFall) => void): () => void;
}

/** What a provider's clock shows at least, once it fell back; milliseconds. */
export interface ClockFall {
  readonly providerNow: number;
  /** What it may have shown right after it fell, which nobody saw: some time after the answer before. */
  readonly fellTo: number;
}

/** So long a measure bears on what is read. */
export const REMEMBER_MS = 10 * 60_000;
const HEADER_STEP_MS = 1_000;

/**
 * A header has whole seconds and a call takes time, so each answer leaves an interval. Those of ten minutes are taken
 * together and never narrowed by one another: two hosts with two clocks may answer under one name. They are kept as
 * the provider's clock less the monotonic one, which outlives our own clock's being set.
 */
export function createProviderClock(clock: Clock): ProviderClock {
  const measureListeners = new Set<(offset: ClockOffset) => void>();
  const fallListeners = new Set<(fall: ClockFall) => void>();
  const least = createLeastOfLate();
  const mostNegated = createLeastOfLate();
  // When it was measured last, by the monotonic clock.
  let lastAt: number | null = null;

  function note(date: string | undefined, { leftAt, answeredAt }: Dated): void {
    const dated = parseHttpDate(date ?? '');
    if (dated === null) return;
    const at = clock.monotonic();
    const fresh = { least: dated - answeredAt, most: dated + HEADER_STEP_MS - leftAt };
    const known = hull(Number.NEGATIVE_INFINITY);
    const before = lastAt ?? at;
    least.add(at, fresh.least);
    mostNegated.add(at, -fresh.most);
    lastAt = at;
    const lead = at - clock.now();
    const offset = { leastMs: Math.floor(fresh.least + lead), mostMs: Math.ceil(fresh.most + lead) };
    for (const listener of measureListeners) listener(offset);
    if (known !== null && fresh.most >= known.least) return;
    const fall = {
      providerNow: Math.floor(at + fresh.least),
      fellTo: Math.floor(Math.min(before, at) + fresh.least),
    };
    for (const listener of fallListeners) listener(fall);
  }

  function recall(measures: readonly ClockMeasure[]): void {
    const now = clock.now();
    const lead = clock.monotonic() - now;
    for (const { untilAt, leastMs, mostMs } of measures) {
      const at = Math.min(untilAt, now) + lead;
      least.add(at, leastMs - lead);
      mostNegated.add(at, -(mostMs - lead));
      lastAt = Math.max(lastAt ?? Number.NEGATIVE_INFINITY, at - measuredWithin(now - untilAt));
    }
  }

  /** What the measures since an instant hold between them. */
  function hull(since: number): { readonly least: number; readonly most: number } | null {
    const [low, high] = [least.since(since), mostNegated.since(since)];
    return low === null || high === null ? null : { least: low, most: -high };
  }

  const lately = () => hull(clock.monotonic() - REMEMBER_MS);

  function read(): ClockReading {
    const now = clock.now();
    const known = lately() ?? hull(Number.NEGATIVE_INFINITY);
    if (known === null) return unknownClock(now);
    const monotonic = clock.monotonic();
    const providerNow = Math.floor(monotonic + known.least);
    return { now, providerNow, providerLatest: Math.ceil(monotonic + known.most) };
  }

  return {
    note,
    read,
    recall,
    at(monotonic) {
      const known = lately();
      return known === null ? null : Math.floor(monotonic + known.least);
    },
    offset() {
      if (hull(Number.NEGATIVE_INFINITY) === null) return null;
      const { now, providerNow, providerLatest } = read();
      return { leastMs: providerNow - now, mostMs: providerLatest - now };
    },
    onMeasure(listener) {
      measureListeners.add(listener);
      return () => measureListeners.delete(listener);
    },
    onFall(listener) {
      fallListeners.add(listener);
      return () => fallListeners.delete(listener);
    },
  };
}

/** The least of the values of late, whatever the order they come in: one that a later and smaller one outlives is dropped. */
function createLeastOfLate() {
  let kept: { readonly at: number; readonly value: number }[] = [];
  return {
    add(at: number, value: number): void {
      if (kept.some((each) => each.at >= at && each.value <= value)) return;
      const newest = Math.max(at, kept.at(-1)?.at ?? at);
      kept = [...kept.filter((each) => each.at > at || each.value < value), { at, value }]
        .filter((each) => each.at > newest - REMEMBER_MS)
        .sort((one, other) => one.at - other.at);
    },
    since(instant: number): number | null {
      return kept.find((each) => each.at > instant)?.value ?? null;
    },
  };
}
