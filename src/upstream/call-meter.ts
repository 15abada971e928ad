/** Calls of the last minute. */
export interface CallCounts {
  readonly calls: number;
  /** Those answered with the wish to be called less often. */
  readonly refused: number;
}

/** Calls of the last 24 hours. */
export interface CallsOfDay {
  readonly calls: number;
  /** How long ago the provider last refused a call, for its pace or its credentials; null where it did not. */
  readonly refusedAgoMs: number | null;
}

/** Counts an account's calls, a pace key each. */
export interface CallMeter {
  called(key: string): void;
  /** The provider wants to be called less often. */
  refused(key: string): void;
  /** The provider refused the credentials. */
  turnedAway(key: string): void;
  lastMinute(key: string): CallCounts;
  lastDay(key: string): CallsOfDay;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const MINUTE = { slotMs: SECOND_MS, slots: 60 };
const DAY = { slotMs: HOUR_MS, slots: 24 };

interface Slot {
  readonly number: number;
  calls: number;
  refused: number;
}

/** Counts by slots of the monotonic clock, so that what it keeps does not grow with the calls. */
function createSlots({ slotMs, slots }: typeof MINUTE, monotonic: () => number) {
  const keys = new Map<string, Slot[]>();
  const numberNow = () => Math.floor(monotonic() / slotMs);

  function kept(key: string): Slot[] {
    const least = numberNow() - slots;
    const left = (keys.get(key) ?? []).filter(({ number }) => number > least);
    keys.set(key, left);
    return left;
  }

  return {
    current(key: string): Slot {
      const all = kept(key);
      const last = all.at(-1);
      if (last?.number === numberNow()) return last;
      const slot = { number: numberNow(), calls: 0, refused: 0 };
      all.push(slot);
      return slot;
    },
    sum(key: string): CallCounts {
      const counts = { calls: 0, refused: 0 };
      for (const { calls, refused } of kept(key)) {
        counts.calls += calls;
        counts.refused += refused;
      }
      return counts;
    },
  };
}

export function createCallMeter(monotonic: () => number): CallMeter {
  const minute = createSlots(MINUTE, monotonic);
  const day = createSlots(DAY, monotonic);
  const refusedAt = new Map<string, number>();

  return {
    called(key) {
      minute.current(key).calls += 1;
      day.current(key).calls += 1;
    },
    refused(key) {
      minute.current(key).refused += 1;
      refusedAt.set(key, monotonic());
    },
    turnedAway: (key) => void refusedAt.set(key, monotonic()),
    lastMinute: minute.sum,
    lastDay(key) {
      const at = refusedAt.get(key);
      return { calls: day.sum(key).calls, refusedAgoMs: at === undefined ? null : monotonic() - at };
    },
  };
}
