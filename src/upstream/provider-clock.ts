import { type ClockOffset, type ClockReading, hullOf, unknownClock } from '../records/clock-reading.ts';
import type { Clock } from './clock.ts';

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
  /** All offsets measured since an instant of the wall clock, taken together; null where there were none. */
  offsetSince(wall: number): ClockOffset | null;
  /**
   * Told what the clock shows at least, when it fell back beyond what it could have been, and when it is first known:
   * it may have fallen before. Returns how to stop.
   */
  onFall(listener: (providerNow: number) => void): () => void;
}

const REMEMBER_MS = 10 * 60_000;
const HEADER_STEP_MS = 1_000;
const BUCKET_MS = 60_000;
const MOST_BUCKETS = 7 * 24 * 60;

/**
 * A header has whole seconds and a call takes time, so each answer leaves an interval. Those of ten minutes are taken
 * together and never narrowed by one another: two hosts with two clocks may answer under one name. They are kept as
 * the provider's clock less the monotonic one, which outlives our own clock's being set.
 */
export function createProviderClock(clock: Clock): ProviderClock {
  const listeners = new Set<(providerNow: number) => void>();
  const least = createLeastOfLate();
  const mostNegated = createLeastOfLate();
  // Offsets from the wall clock by the minute they were measured in, the oldest first.
  const history = new Map<number, ClockOffset>();

  function note(date: string | undefined, { leftAt, answeredAt }: Dated): void {
    const dated = Date.parse(date ?? '');
    if (Number.isNaN(dated)) return;
    const at = clock.monotonic();
    const fresh = { least: dated - answeredAt, most: dated + HEADER_STEP_MS - leftAt };
    const known = hull(Number.NEGATIVE_INFINITY);
    least.add(at, fresh.least);
    mostNegated.add(at, -fresh.most);
    remember(fresh);
    if (known !== null && fresh.most >= known.least) return;
    for (const listener of listeners) listener(Math.floor(at + fresh.least));
  }

  function remember(fresh: { readonly least: number; readonly most: number }): void {
    const now = clock.now();
    const lead = clock.monotonic() - now;
    const own = { leastMs: Math.floor(fresh.least + lead), mostMs: Math.ceil(fresh.most + lead) };
    const bucket = Math.floor(now / BUCKET_MS);
    history.set(bucket, hullOf(history.get(bucket) ?? null, own) ?? own);
    const [oldest, next] = history.keys();
    if (history.size <= MOST_BUCKETS || oldest === undefined || next === undefined) return;
    // The two oldest become one: what is remembered for longer is only less exact, never wrong.
    history.set(next, hullOf(history.get(oldest) ?? null, history.get(next) ?? null) ?? own);
    history.delete(oldest);
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
    at(monotonic) {
      const known = lately();
      return known === null ? null : Math.floor(monotonic + known.least);
    },
    offset() {
      if (hull(Number.NEGATIVE_INFINITY) === null) return null;
      const { now, providerNow, providerLatest } = read();
      return { leastMs: providerNow - now, mostMs: providerLatest - now };
    },
    offsetSince(wall) {
      const first = Math.floor(wall / BUCKET_MS);
      return [...history].reduce<ClockOffset | null>(
        (found, [bucket, offset]) => (bucket < first ? found : hullOf(found, offset)),
        null,
      );
    },
    onFall(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The least of the values added of late: those that a later and smaller one outlives are dropped at once. */
function createLeastOfLate() {
  let kept: { readonly at: number; readonly value: number }[] = [];
  return {
    add(at: number, value: number): void {
      kept = kept.filter((each) => each.value < value && each.at > at - REMEMBER_MS);
      kept.push({ at, value });
    },
    since(instant: number): number | null {
      return kept.find((each) => each.at > instant)?.value ?? null;
    },
  };
}
