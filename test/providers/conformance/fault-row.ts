import type { FeedUnderTest } from './feeds.ts';
import type { Harness, HarnessOptions } from './harness.ts';

/** Where one trial plays. */
export interface Stage {
  readonly under: FeedUnderTest;
  open(options?: HarnessOptions): Promise<Harness>;
  /** Done when the trial is over, before its scenes close. */
  after(close: () => Promise<void>): void;
}

export type Trial = (stage: Stage) => Promise<void>;

type Trials = Readonly<Record<string, Trial>>;

/** One line of the fault matrix. */
export interface FaultRow {
  readonly id: number;
  readonly fault: string;
  /** What must happen, each with the test that shows it; by feed where not all can be tried alike. */
  readonly trials: Trials | ((under: FeedUnderTest) => Trials);
  /** Why it cannot reach a feed; absent or null where it can. */
  readonly notFor?: (under: FeedUnderTest) => string | null;
}

/** What must happen to one feed. */
export function trialsOf({ trials }: FaultRow, under: FeedUnderTest): Trials {
  return typeof trials === 'function' ? trials(under) : trials;
}
