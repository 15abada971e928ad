import type { FeedKey } from '../archive/archive.ts';
import type { ReadPart } from '../records/coverage.ts';
import { joinAtEdges, withEdges } from '../records/edges.ts';
import type { Interval } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import type { Auditor } from './audit.ts';
import { timingOf } from './dispatch.ts';
import { type Feed, feedClock, feedName } from './feed.ts';
import type { Filler } from './filler.ts';
import { createPatience, type Patience } from './patience.ts';
import { isDue, type Plan, planFeed, syncStart } from './schedule.ts';

export interface SyncOptions {
  readonly feeds: readonly Feed[];
  readonly filler: Filler;
  /** The feed's ledger as it was read, within a range. */
  readonly ledger: (feed: FeedKey, range: Interval) => Promise<readonly ReadPart[]>;
  /** The wall clock. */
  readonly now: () => number;
  /** The filler's. @default performance.now */
  readonly monotonic?: () => number;
  readonly since: number | null;
  readonly revisits: readonly number[];
  /** Lets one process at a time keep a feed; resolves to null while another does. Absent where there is one process. */
  readonly claim?: (feed: Feed) => Promise<(() => Promise<void>) | null>;
  /** Resolves when another process gives back a feed that it kept. */
  readonly freed?: (feed: Feed) => Promise<void>;
  /** Has final intervals read again at random. @default nobody */
  readonly auditor?: Auditor;
  readonly onPlan?: (feed: Feed, plan: Plan) => void;
  readonly onError?: (feed: Feed, error: unknown) => void;
}

/** Keeps every feed filled in the background, and reads again what may have changed. */
export interface Sync {
  /** The last plan of a feed; null before the first. */
  plan(feed: Feed): Plan | null;
  stop(): Promise<void>;
}

// As many windows as their pace reads in about this time, then the newest is looked at again.
const ROUND_MS = 30_000;
const FEWEST = 4;
const MOST = 64;
const IDLE_MS = 5_000;

export function startSync(options: SyncOptions): Sync {
  const { feeds } = options;
  const stopping = new AbortController();
  const patience = createPatience(stopping.signal);
  const plans = new Map<string, Plan>();
  const loops = feeds.map((feed) =>
    keep(feed, options, {
      signal: stopping.signal,
      patience,
      note: (plan) => plans.set(feedName(feed), plan),
    }),
  );
  return {
    plan: (feed) => plans.get(feedName(feed)) ?? null,
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

interface Keeping {
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly note: (plan: Plan) => void;
}

async function keep(feed: Feed, options: SyncOptions, { signal, patience, note }: Keeping): Promise<void> {
  while (!signal.aborted) {
    let busy = false;
    // Listened for from before it is asked, and only where another has it: idle processes must not wake each other.
    let freed = options.freed?.(feed);
    try {
      const release = options.claim === undefined ? async () => {} : await options.claim(feed);
      if (release !== null) {
        freed = undefined;
        try {
          busy = await fillRound(feed, options, patience, note);
          // It waits its turn beside the next rounds, and never keeps one of them waiting.
          options.auditor?.look(feed).catch((error) => {
            if (!signal.aborted) options.onError?.(feed, error);
          });
        } finally {
          await release();
        }
      }
    } catch (error) {
      options.onError?.(feed, error);
    }
    // A round that read nothing, for want of work or because its windows must wait, is not begun again at once.
    if (!busy) await restOf(feed, patience, freed);
  }
}

/** Rests between two rounds, at most until the feed is freed, its provider is back, or an admin has it asked again. */
async function restOf(feed: Feed, patience: Patience, freed?: Promise<void>): Promise<void> {
  let unsubscribe = () => {};
  const recovered = new Promise<void>((resolve) => {
    unsubscribe = feed.upstream?.onRecovery(resolve) ?? unsubscribe;
  });
  await patience.settle([freed === undefined ? recovered : Promise.race([recovered, freed])], IDLE_MS);
  unsubscribe();
}

export type RoundOptions = Omit<SyncOptions, 'feeds' | 'claim' | 'onError'>;

/** Reads one plan's windows, or as far as there is patience; true where at least one of them was read. */
export async function fillRound(
  feed: Feed,
  options: RoundOptions,
  patience: Patience,
  note: (plan: Plan) => void,
): Promise<boolean> {
  const { filler, ledger, now, monotonic = () => performance.now(), since, revisits, onPlan } = options;
  const timing = timingOf(feed);
  const { settlementLag } = feed.limits;
  const most = Math.min(MOST, Math.max(FEWEST, Math.ceil(ROUND_MS / Math.max(feed.pace.minIntervalMs, 1))));
  const { edge } = timing;
  const look = async ({ from, to }: Interval) => {
    // How old the instant at its end is, the read after it tells as well.
    const range = withEdges({ from, to: to + (edge ?? 0) }, edge);
    return joinAtEdges(await ledger({ account: feed.account.id, kind: feed.kind }, range), edge);
  };
  const knownAt = monotonic();
  const clock = feedClock(feed, now());
  const plan = planFeed({
    timing,
    revisits,
    since,
    ledger: await look({ from: since ?? syncStart(timing, clock), to: clock.providerNow + timing.grid }),
    settlementLag,
    clock,
    mustWait: (window) => filler.mustWait(feed, window),
    most,
  });
  note(plan);
  onPlan?.(feed, plan);
  const before = filler.windowsRead(feed);
  const isWanted = async (window: Window) => {
    const known = { timing, revisits, ledger: await look(window), settlementLag };
    return isDue({ ...known, clock: feedClock(feed, now()) }, window);
  };
  const tickets = filler.fill(feed, plan.windows, { knownAt, isWanted });
  await patience.settle(tickets.map((ticket) => ticket.done));
  return filler.windowsRead(feed) > before;
}
