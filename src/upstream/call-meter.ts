/** Calls of the last minute. */
export interface CallCounts {
  readonly calls: number;
  /** Those answered with the wish to be called less often. */
  readonly refused: number;
}

/** Counts an account's calls, a pace key each. */
export interface CallMeter {
  called(key: string): void;
  refused(key: string): void;
  lastMinute(key: string): CallCounts;
}

const SECOND_MS = 1_000;
const SECONDS = 60;

interface Second {
  readonly number: number;
  calls: number;
  refused: number;
}

/** Counts by whole seconds of the monotonic clock, so that what it keeps does not grow with the calls. */
export function createCallMeter(monotonic: () => number): CallMeter {
  const keys = new Map<string, Second[]>();

  function secondsOf(key: string, now: number): Second[] {
    const kept = (keys.get(key) ?? []).filter(({ number }) => number > now - SECONDS);
    keys.set(key, kept);
    return kept;
  }

  function current(key: string): Second {
    const number = Math.floor(monotonic() / SECOND_MS);
    const seconds = secondsOf(key, number);
    const last = seconds.at(-1);
    if (last?.number === number) return last;
    const second = { number, calls: 0, refused: 0 };
    seconds.push(second);
    return second;
  }

  return {
    called(key) {
      current(key).calls += 1;
    },
    refused(key) {
      current(key).refused += 1;
    },
    lastMinute(key) {
      const counts = { calls: 0, refused: 0 };
      for (const { calls, refused } of secondsOf(key, Math.floor(monotonic() / SECOND_MS))) {
        counts.calls += calls;
        counts.refused += refused;
      }
      return counts;
    },
  };
}
