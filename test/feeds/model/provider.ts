import { UpstreamError } from '../../../src/errors.ts';
import type { Feed } from '../../../src/feeds/feed.ts';
import type { FeedLimits, Page, PageAsk } from '../../../src/providers/provider.ts';
import { createProviderClock } from '../../../src/upstream/provider-clock.ts';
import { createTruth, type Event, toBet } from './truth.ts';

const SECOND = 1_000;
export const GRID_MS = 60 * SECOND;
/** The last of these is as late as anything changes. */
export const REVISITS = [30 * SECOND, 150 * SECOND];
export const SETTLES_MS = 150 * SECOND;

const limits: FeedLimits = {
  maxWindow: GRID_MS,
  grid: GRID_MS,
  minInterval: 0,
  quota: null,
  retention: 3_600 * SECOND,
  rowCap: 8,
  settlementLag: 10 * SECOND,
  openMaxAge: 5 * SECOND,
  confirmAfter: 600_000,
  settlesWithin: SETTLES_MS,
  timeout: SECOND,
  maxAttempts: 1,
};

export interface ProviderTraits {
  readonly account: string;
  readonly paging: 'whole' | 'pages';
  /** Whether rows say when they were changed. */
  readonly isVersioned: boolean;
  /** @default 3 */
  readonly pageSize?: number;
  /** How far our clock is ahead of the provider's at the start. @default 0 */
  readonly aheadMs?: number;
  /** How much quicker ours runs: 0.001 is a second in a thousand. @default 0 */
  readonly drift?: number;
}

/** What the next calls meet: the call of this number fails, or something happens between it and the next. */
export interface Mishap {
  readonly call: number;
  readonly what: 'slowDown' | 'giveUp' | 'split' | Event;
}

/** A scripted provider on a clock of its own, which moves on with every call, and our clocks beside it. */
export function createProvider(
  { account, paging, isVersioned, pageSize = 3, aheadMs = 0, drift = 0 }: ProviderTraits,
  start: number,
) {
  const truth = createTruth(SETTLES_MS);
  let now = start;
  let mishap: Mishap | null = null;
  let calls = 0;
  /** Told of every call before it is made and after it was answered: a process may end there. */
  let onCall: (moment: 'call' | 'answer') => Promise<void> = () => Promise.resolve();

  const monotonic = () => (now - start) * (1 + drift);
  const wall = () => Math.floor(start + aheadMs + monotonic());
  // What its clock showed at each read, by what ours did.
  const reads = new Map<number, number>();
  const clock = createProviderClock({ now: wall, monotonic, until: async () => {} });

  async function readPage(ask: PageAsk): Promise<Page> {
    await onCall('call');
    const leftAt = monotonic();
    const left = clock.read();
    reads.set(left.now, now);
    const interval = ask.interval({ ...left, providerAt: () => clock.at(leftAt) ?? left.now });
    now += 7;
    calls += 1;
    clock.note(new Date(now).toUTCString(), { leftAt, answeredAt: monotonic() });
    const met = mishap !== null && mishap.call === calls ? mishap.what : null;
    if (typeof met === 'string')
      throw new UpstreamError(`${account}: expected rows, got ${met}`, { action: met });
    const all = truth.asOf(now).filter((row) => row.at >= interval.from && row.at <= interval.to);
    const rows =
      paging === 'pages'
        ? all.slice((ask.page - 1) * pageSize, ask.page * pageSize)
        : all.slice(0, limits.rowCap ?? 0);
    const answer: Page = {
      interval,
      askedAt: left.now,
      rows: rows.map((row) => toBet(row, isVersioned)),
      quarantined: [],
      count: rows.length,
      total: paging === 'pages' ? all.length : null,
      pageSize: paging === 'pages' ? pageSize : null,
    };
    if (met !== null) {
      now += 1;
      truth.happen(met, now);
    }
    await onCall('answer');
    return answer;
  }

  const feed: Feed = {
    account: { id: account, provider: 'vertexplay', currency: null },
    kind: 'BET',
    limits,
    paging,
    stepMs: 1,
    axis: 'settledAt',
    pace: { key: account, minIntervalMs: SECOND, quota: null },
    upstream: {
      clock,
      outage: () => null,
      paused: () => null,
      calls: () => ({ calls: 0, refused: 0 }),
      callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
      onRecovery: () => () => {},
    },
    connection: {
      readPage: (_kind, ask) => readPage(ask),
      paceOf: () => ({ key: account, minIntervalMs: SECOND, quota: null }),
    },
  };

  return {
    feed,
    truth,
    /** The provider's own time. */
    now: () => now,
    /** Its own time of a read, by our time of it. */
    timeOf: (readAt: number) => reads.get(readAt) ?? readAt,
    /** Ours. */
    wall,
    monotonic,
    pass(ms: number) {
      now += ms;
    },
    meet(next: Mishap | null) {
      calls = 0;
      mishap = next;
    },
    watch(listener: typeof onCall) {
      onCall = listener;
    },
  };
}
export type ScriptedProvider = ReturnType<typeof createProvider>;
