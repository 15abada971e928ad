import type { Coverage, FeedCoverage } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { Feed } from './feed.ts';

export interface CoverAsk {
  readonly feeds: readonly Feed[];
  readonly range: Interval;
  /** How long to wait for what is missing; 0 asks in the background and waits for nothing; null asks no provider. */
  readonly maxWaitMs: number | null;
}

/** All feeds' coverage taken together, and each one's own. */
export interface Covered {
  readonly coverage: Coverage;
  readonly feeds: readonly FeedCoverage[];
}

/** What one request (a GraphQL operation, an export) asks of the feeds; its asks are batched and share windows. */
export interface Dispatch {
  /** Fills what is missing as far as `maxWaitMs` allows, then says what is held and what is not, and why. */
  cover(ask: CoverAsk): Promise<Covered>;
}
