/** When calls reached a provider at the latest, as far as the time their answers took tells. */
export interface Arrivals {
  /** An answer's first byte came so long after its call was written. */
  answered(latencyMs: number): void;
  /** The latest instant at which a call may have arrived that was written at `writtenAt` and answered only now. */
  latest(writtenAt: number, now: number): number;
  /** Whether an answer may come sooner than so long after its call. */
  mayAnswerWithin(ms: number): boolean;
}

const REMEMBERED = 32;

/**
 * An answer took as long as the quickest of late, and something on top that may have been spent on either way or in
 * the provider: no more than that is what the call can have arrived later by than the quickest did.
 */
export function createArrivals(): Arrivals {
  const latencies: number[] = [];
  const quickest = () => (latencies.length === 0 ? 0 : Math.min(...latencies));
  return {
    answered(latencyMs) {
      latencies.push(latencyMs);
      if (latencies.length > REMEMBERED) latencies.shift();
    },
    latest: (writtenAt, now) => writtenAt + Math.max(0, now - writtenAt - quickest()),
    mayAnswerWithin: (ms) => quickest() < ms,
  };
}
