import { setTimeout as wait } from 'node:timers/promises';
import type { FeedKey } from '../archive/archive.ts';
import type { HeldPart } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import { timingOf } from './dispatch.ts';
import { type Feed, feedName } from './feed.ts';
import type { Filler } from './filler.ts';
import { isDue, type Plan, planFeed, syncStart } from './schedule.ts';

export interface SyncOptions {
  readonly feeds: readonly Feed[];
  readonly filler: Filler;
  /** The feed's ledger as it was read, within a range. */
  readonly ledger: (feed: FeedKey, range: Interval) => Promise<readonly Omit<HeldPart, 'state'>[]>;
  readonly now: () => number;
  readonly since: number | null;
  readonly revisits: readonly number[];
  /** Lets one process at a time keep a feed; resolves to null while another does. Absent where there is one process. */
  readonly claim?: (feed: Feed) => Promise<(() => Promise<void>) | null>;
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
  const plans = new Map<string, Plan>();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const loops = feeds.map((feed) =>
    keep(feed, options, {
      signal: stopping.signal,
      stopped,
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
  readonly stopped: Promise<void>;
  readonly note: (plan: Plan) => void;
}

async function keep(feed: Feed, options: SyncOptions, { signal, stopped, note }: Keeping): Promise<void> {
  while (!signal.aborted) {
    let busy = false;
    try {
      const release = options.claim === undefined ? async () => {} : await options.claim(feed);
      if (release !== null) {
        try {
          busy = await fillRound(feed, options, stopped, note);
        } finally {
          await release();
        }
      }
    } catch (error) {
      options.onError?.(feed, error);
    }
    // A round that read nothing, for want of work or because its windows must wait, is not begun again at once.
    if (!busy) await wait(IDLE_MS, undefined, { signal }).catch(() => {});
  }
}

export type RoundOptions = Omit<SyncOptions, 'feeds' | 'claim' | 'onError'>;

/** Reads one plan's windows, or until `stopped`; true where at least one of them was read. */
export async function fillRound(
  feed: Feed,
  options: RoundOptions,
  stopped: Promise<void>,
  note: (plan: Plan) => void,
): Promise<boolean> {
  const { filler, ledger, now, since, revisits, onPlan } = options;
  const timing = timingOf(feed);
  const most = Math.min(MOST, Math.max(FEWEST, Math.ceil(ROUND_MS / Math.max(feed.pace.minIntervalMs, 1))));
  const look = async (range: Interval) =>
    withState(await ledger({ account: feed.account.id, kind: feed.kind }, range), feed);
  const knownAt = now();
  const plan = planFeed({
    timing,
    revisits,
    since,
    ledger: await look({ from: since ?? syncStart(timing, knownAt), to: knownAt + timing.grid }),
    now: knownAt,
    mustWait: (window) => filler.mustWait(feed, window),
    most,
  });
  note(plan);
  onPlan?.(feed, plan);
  const before = filler.health(feed).lastSuccessAt ?? 0;
  const isWanted = async (window: Window) => isDue(timing, revisits, window, await look(window), now());
  const tickets = filler.fill(feed, plan.windows, { knownAt, isWanted });
  await Promise.race([Promise.all(tickets.map((ticket) => ticket.done)), stopped]);
  return plan.windows.length > 0 && (filler.health(feed).lastSuccessAt ?? 0) > before;
}

function withState(parts: readonly Omit<HeldPart, 'state'>[], { limits }: Feed): HeldPart[] {
  return parts.map((part) => ({
    ...part,
    state: part.readAt < part.to + limits.settlementLag ? 'open' : 'held',
  }));
}
