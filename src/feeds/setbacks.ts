import type { GapReason, Trouble } from '../records/coverage.ts';
import { type Interval, intersect } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import type { Delay } from '../upstream/call.ts';
import { type Feed, type FeedHealth, feedClock } from './feed.ts';
import type { Unread } from './reading/piece.ts';
import { type Failure, failureOf } from './trouble.ts';

/** Our two clocks, as far as setbacks need them: what is shown goes by the wall, what is waited for by the monotonic one. */
export interface TwoClocks {
  now(): number;
  monotonic(): number;
}

/** What went wrong in one feed of late, and when what may be asked again; kept in memory, gone with the process. */
export interface Setbacks {
  /** A window was read; what stayed unread although the provider answered. */
  succeeded(window: Window, unread: readonly Unread[]): void;
  failed(window: Window, failure: Failure): void;
  /** A call of the feed waits longer than its turn. */
  delayed(delay: Delay): void;
  /** The provider is back, or an operator says so: what it failed at is worth asking for at once. */
  recovered(): void;
  /** Whether a window failed a moment ago and is not to be asked for yet. */
  mustWait(window: Window): boolean;
  /** Why windows that touch `range` are not there; `queued` are those waiting for a call, in their order. */
  troubles(range: Interval, queued: readonly Window[]): readonly Trouble[];
  health(): Omit<FeedHealth, 'queued' | 'reading'>;
  /** Lets go of what the provider no longer gives. */
  forget(): void;
}

/** Why something is not there, and until when by the monotonic clock it is not asked for again. */
interface Setback {
  readonly reason: GapReason;
  readonly message: string;
  readonly until: number;
}

interface FailedWindow {
  readonly window: Window;
  readonly parts: readonly (Interval & Setback)[];
  /** Whether all of it failed, and not only what the provider could not give of it. */
  readonly failed: boolean;
}

const LONGEST_PAUSE_MS = 600_000;
const LEAST_WAIT_MS = 1_000;

export function createSetbacks(feed: Feed, clock: TwoClocks): Setbacks {
  // By the window's start; replaced or removed when it is read again.
  const windows = new Map<number, FailedWindow>();
  // In a row, while the provider was there: those of a window that fails for itself. An outage has its own pauses.
  const failures = new Map<number, number>();
  let latest: Setback | null = null;
  let lastSuccessAt: number | null = null;
  let lastFailureAt: number | null = null;

  const inMs = (ms: number) => clock.monotonic() + ms;
  /** Null where nobody can tell. */
  const retryAt = (until: number) =>
    until === Number.POSITIVE_INFINITY ? null : clock.now() + Math.max(0, until - clock.monotonic());

  function note({ reason, message, waitMs }: Failure): void {
    lastFailureAt = clock.now();
    latest = { reason, message, until: inMs(waitMs) };
  }

  /** What was to be tried again by now is being tried: the next time cannot be sooner than a call takes. */
  const lately = () => latest && { ...latest, until: Math.max(latest.until, inMs(LEAST_WAIT_MS)) };

  /** That nothing is asked until an admin says so; null while nobody has paused the account. */
  function ofPause(): Setback | null {
    const error = feed.upstream?.paused() ?? null;
    return error && { reason: 'PENDING', message: error.message, until: Number.POSITIVE_INFINITY };
  }

  /** Why nothing of the feed can be had at present; null where that cannot be said. */
  function ofFeed(): Setback | null {
    const outage = feed.upstream?.outage() ?? null;
    if (outage === null) return latest?.reason === 'CREDENTIALS_REFUSED' ? latest : null;
    const { reason, message } = failureOf(outage.error);
    return { reason, message, until: inMs(outage.retryInMs) };
  }

  return {
    succeeded(window, unread) {
      lastSuccessAt = clock.now();
      latest = null;
      windows.delete(window.from);
      failures.delete(window.from);
      if (unread.length === 0) return;
      const parts = unread.map((part) => ({ ...part, until: inMs(LONGEST_PAUSE_MS) }));
      windows.set(window.from, { window, parts, failed: false });
    },
    failed(window, failure) {
      note(failure);
      const isDown = (feed.upstream?.outage() ?? null) !== null;
      const before = failures.get(window.from) ?? 0;
      failures.set(window.from, isDown ? Math.max(1, before) : before + 1);
      const grown = failure.waitMs * 2 ** ((failures.get(window.from) ?? 1) - 1);
      const until = inMs(Math.max(failure.waitMs, Math.min(LONGEST_PAUSE_MS, grown)));
      const { reason, message } = failure;
      windows.set(window.from, { window, parts: [{ ...window, reason, message, until }], failed: true });
    },
    delayed: ({ error, waitMs }) => note({ ...failureOf(error), waitMs }),
    recovered() {
      latest = null;
      for (const [from, { failed }] of windows) if (failed) windows.delete(from);
    },
    mustWait(window) {
      if (ofPause() !== null) return true;
      // While the provider is down its breaker decides who tries: whoever is there to try does so in time.
      if (feed.upstream?.outage()) return false;
      const parts = windows.get(window.from)?.parts ?? [];
      return parts.some(({ until }) => until > clock.monotonic());
    },
    troubles(range, queued) {
      const pause = ofPause();
      if (pause !== null) return [{ ...range, reason: pause.reason, message: pause.message, retryAt: null }];
      const general = ofFeed();
      const delay = general ?? lately();
      const interval = Math.max(feed.pace.minIntervalMs, LEAST_WAIT_MS);
      const troubles: Trouble[] = [];
      // Thousands may wait, each with a time of its own: each is looked at once.
      const add = (
        part: Interval,
        { reason, message, until }: Pick<Trouble, 'reason' | 'message'> & { readonly until: number },
      ) => {
        const { from, to } = part;
        if (intersect(part, range) === null) return;
        troubles.push({ from, to, reason, message, retryAt: retryAt(until) });
      };
      if (delay === null) {
        for (const [index, window] of queued.entries())
          add(window, { reason: 'PENDING', message: null, until: inMs((index + 1) * interval) });
      } else for (const span of joinQueued(queued, range)) add(span, delay);
      for (const { parts } of windows.values()) {
        for (const part of parts)
          add(part, general === null ? part : { ...part, until: later(part, general) });
      }
      if (general !== null) add(range, general);
      return troubles;
    },
    health() {
      const pause = ofPause();
      const setback = pause ?? ofFeed() ?? lately();
      return {
        state: pause === null ? stateOf(setback, lastSuccessAt) : 'STOPPED',
        lastSuccessAt,
        lastFailureAt,
        message: setback?.message ?? null,
        retryAt: setback === null ? null : retryAt(setback.until),
      };
    },
    forget() {
      const { retention } = feed.limits;
      if (retention === null) return;
      const { providerLatest } = feedClock(feed, clock.now());
      for (const [from, { window }] of windows)
        if (window.to < providerLatest - retention) windows.delete(from);
      for (const from of failures.keys()) if (from < providerLatest - retention) failures.delete(from);
    },
  };
}

/** What windows take up within the range, those that touch as one span: thousands may wait for one reason. */
function joinQueued(queued: readonly Window[], range: Interval): readonly Interval[] {
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of queued) {
    if (to <= range.from || from >= range.to) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.from === to) last.from = from;
    else if (last !== undefined && last.to === from) last.to = to;
    else spans.push({ from, to });
  }
  return spans;
}

/** A window of a provider that is down is tried when the provider is, however long its own pause has grown. */
function later(part: Setback, general: Setback): number {
  return part.reason === general.reason ? general.until : part.until;
}

const states: Partial<Record<GapReason, FeedHealth['state']>> = {
  RATE_LIMITED: 'SLOWED',
  CREDENTIALS_REFUSED: 'STOPPED',
};

function stateOf(setback: Setback | null, lastSuccessAt: number | null): FeedHealth['state'] {
  if (setback !== null) return states[setback.reason] ?? 'FAILING';
  return lastSuccessAt === null ? 'IDLE' : 'OK';
}
