import type { FeedUnderTest } from './feeds.ts';
import type { Harness, HarnessOptions } from './harness.ts';

/** Where one trial plays. */
export interface Stage {
  readonly under: FeedUnderTest;
  open(options?: HarnessOptions): Promise<Harness>;
  /** Done when the trial is over, before its harnesses close. */
  after(close: () => Promise<void>): void;
}

export type Trial = (stage: Stage) => Promise<void>;

/** Why something cannot reach a feed; null where it can. */
type NotFor = (under: FeedUnderTest) => string | null;

/** A trial that not every feed its fault reaches can be put to. */
interface PartialTrial {
  readonly play: Trial;
  readonly notFor: NotFor;
}

export type Trials = Readonly<Record<string, Trial | PartialTrial>>;

/** One line of the fault matrix. */
export interface FaultRow {
  readonly id: number;
  readonly fault: string;
  /** What must happen, each with the test that shows it; by feed where not all can be tried alike. */
  readonly trials: Trials | ((under: FeedUnderTest) => Trials);
  /** Absent where it reaches every feed. */
  readonly notFor?: NotFor;
}

/** What must happen to one feed. */
export function trialsOf(row: FaultRow, under: FeedUnderTest): Readonly<Record<string, Trial>> {
  const played = entriesOf(row, under).filter(({ reason }) => reason === null);
  return Object.fromEntries(played.map(({ says, play }) => [says, play]));
}

/** What of a fault that reaches a feed cannot be tried on it, and why. */
export function untriedOf(row: FaultRow, under: FeedUnderTest) {
  return entriesOf(row, under).flatMap(({ says, reason }) => (reason === null ? [] : [{ says, reason }]));
}

/** Why a fault cannot reach a feed; null where it can. */
export function reasonOf(row: FaultRow, under: FeedUnderTest): string | null {
  const reason = row.notFor?.(under) ?? null;
  if (reason !== null || Object.keys(trialsOf(row, under)).length > 0) return reason;
  return [...new Set(untriedOf(row, under).map((each) => each.reason))].join('; ');
}

function entriesOf({ trials }: FaultRow, under: FeedUnderTest) {
  const all = typeof trials === 'function' ? trials(under) : trials;
  return Object.entries(all).map(([says, trial]) =>
    typeof trial === 'function'
      ? { says, play: trial, reason: null }
      : { says, play: trial.play, reason: trial.notFor(under) },
  );
}
