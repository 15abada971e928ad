import type { Archive, Fence } from '../archive/archive.ts';
import type { Trouble } from '../records/coverage.ts';
import { type Interval, intersect } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import type { Delay, Turn } from '../upstream/call.ts';
import { type Backlog, createBacklog, type Load } from './backlog.ts';
import type { Claim, Claims } from './claims.ts';
import { type Feed, type FeedHealth, feedName } from './feed.ts';
import { type Piece, readWindow, type Unread } from './reader.ts';
import { type Failure, failureOf } from './trouble.ts';

/** Somebody who waits: a request whose windows take turns with those of others. */
export interface Asker {
  lastServed: number;
}

/** One window's promise: settles when it was read or given up, never rejects. */
export interface Ticket {
  readonly done: Promise<void>;
  /**
   * Somebody waits: the window has the interactive lane until the returned function is called by the last who do.
   */
  join(asker: Asker): () => void;
}

export interface FillOptions {
  /** When the asker looked at the ledger: a window finished after that is not read again. */
  readonly knownAt: number;
  /** Looks again whether a window is still to be read: asked where other processes may have read it meanwhile. */
  readonly isWanted: (window: Window) => Promise<boolean>;
}

/** Reads missing windows, each once however many ask for it, and keeps rows and ledger together. */
export interface Filler {
  newAsker(): Asker;
  /** Tickets at once, in the order of `windows`, which is also the order they are read in among equals. */
  fill(feed: Feed, windows: readonly Window[], options: FillOptions): readonly Ticket[];
  /** Why windows that touch `range` are not there yet. */
  troubles(feed: Feed, range: Interval): readonly Trouble[];
  /** Whether a window failed a moment ago and is not asked for again before its time. */
  mustWait(feed: Feed, window: Window): boolean;
  health(feed: Feed): FeedHealth;
  /** Gives back what was not begun, finishes what was, at most until the signal. */
  close(patience: AbortSignal): Promise<void>;
}

export interface FillerOptions {
  readonly archive: Pick<Archive, 'commit'>;
  /** Absent where no other process shares the archive. */
  readonly claims?: Claims;
  /** @default one of its own */
  readonly backlog?: Backlog;
  readonly now: () => number;
  readonly onFailure?: (feed: Feed, window: Window, failure: Failure) => void;
  readonly onCommit?: (feed: Feed, piece: Piece, result: Awaited<ReturnType<Archive['commit']>>) => void;
}

interface Job {
  readonly feed: Feed;
  readonly window: Window;
  readonly askers: Set<Asker>;
  readonly ticket: Ticket;
  readonly stop: AbortController;
  /** Null until its first call leaves. */
  load: Load | null;
}

interface FeedState {
  readonly jobs: Map<number, Job>;
  /** Windows that could not be read, by their start; replaced or removed when they are read again. */
  readonly troubles: Map<number, readonly Trouble[]>;
  readonly finished: Map<number, number>;
  delay: Failure | null;
  lastSuccessAt: number | null;
  lastFailureAt: number | null;
}

/** The turn of a single call somebody waits for, outside any window. */
export function interactiveTurn(asker: Asker): Turn {
  return { lane: 'interactive', order: asker.lastServed, served: () => {} };
}

const REMEMBER_FINISHED_MS = 60_000;
const MOST_FINISHED = 10_000;

export function createFiller(options: FillerOptions): Filler {
  const { archive, claims, backlog = createBacklog(), now, onFailure, onCommit } = options;
  const states = new Map<string, FeedState>();
  let servings = 0;
  let closed = false;

  function stateOf(feed: Feed): FeedState {
    const name = feedName(feed);
    let state = states.get(name);
    if (state === undefined) {
      state = {
        jobs: new Map(),
        troubles: new Map(),
        finished: new Map(),
        delay: null,
        lastSuccessAt: null,
        lastFailureAt: null,
      };
      states.set(name, state);
    }
    return state;
  }

  function fill(
    feed: Feed,
    windows: readonly Window[],
    { knownAt, isWanted }: FillOptions,
  ): readonly Ticket[] {
    const state = stateOf(feed);
    forget(state);
    return windows.map((window) => {
      const job = state.jobs.get(window.from);
      if (job !== undefined) return job.ticket;
      const finishedAt = state.finished.get(window.from);
      const justRead = finishedAt !== undefined && finishedAt >= knownAt;
      if (closed || justRead || mustWait(feed, window)) return settled;
      return begin(feed, state, window, () => isWanted(window)).ticket;
    });
  }

  function mustWait(feed: Feed, window: Window): boolean {
    return (stateOf(feed).troubles.get(window.from) ?? []).some(
      ({ retryAt }) => retryAt !== null && retryAt > now(),
    );
  }

  function begin(feed: Feed, state: FeedState, window: Window, isWanted: () => Promise<boolean>): Job {
    let over = () => {};
    const askers = new Set<Asker>();
    const job: Job = {
      feed,
      window,
      askers,
      ticket: {
        done: new Promise<void>((resolve) => {
          over = resolve;
        }),
        join(asker) {
          askers.add(asker);
          return () => askers.delete(asker);
        },
      },
      stop: new AbortController(),
      load: null,
    };
    state.jobs.set(window.from, job);
    void run(job, state, isWanted).finally(() => {
      job.load?.end();
      state.jobs.delete(window.from);
      state.finished.set(window.from, now());
      over();
    });
    return job;
  }

  async function run(job: Job, state: FeedState, isWanted: () => Promise<boolean>): Promise<void> {
    const { feed, window } = job;
    const turn = turnOf(job);
    let claim: Claim | null = null;
    try {
      if (claims !== undefined) {
        claim = await claims.claim({ feed, window, turn, signal: job.stop.signal, isWanted });
        if (claim === null) return;
      }
      await read(job, state, turn, claim);
    } catch (error) {
      if (job.stop.signal.aborted || claim?.lost.aborted === true) return;
      await fail(job, state, error);
    } finally {
      // What cannot be given back runs out by itself.
      await claim?.release().catch(() => {});
    }
  }

  async function read(job: Job, state: FeedState, turn: Turn, claim: Claim | null): Promise<void> {
    const { feed, window, stop } = job;
    const signal = claim === null ? stop.signal : AbortSignal.any([stop.signal, claim.lost]);
    const context = { turn, signal, onDelay: (delay: Delay) => noteDelay(state, delay) };
    const unread = await readWindow(feed, window, context, async (piece) => {
      job.load?.read(piece.rows.length);
      await commit(feed, piece, claim?.fence);
      job.load?.written(piece.rows.length);
    });
    state.lastSuccessAt = now();
    state.delay = null;
    state.troubles.delete(window.from);
    if (unread.length > 0) state.troubles.set(window.from, unread.map(troubleOf));
  }

  async function commit(feed: Feed, piece: Piece, fence?: Fence): Promise<void> {
    const { account, kind } = feed;
    const { interval, readAt, rows, quarantined, duplicates } = piece;
    const result = await archive.commit({
      account: account.id,
      provider: account.provider,
      kind,
      interval,
      readAt,
      rows,
      quarantined,
      fence,
    });
    onCommit?.(feed, piece, { ...result, duplicates: result.duplicates + duplicates });
  }

  async function fail({ feed, window }: Job, state: FeedState, error: unknown): Promise<void> {
    const failure = failureOf(error, now());
    state.lastFailureAt = now();
    state.delay = failure;
    state.troubles.set(window.from, [{ ...window, ...failure }]);
    onFailure?.(feed, window, failure);
    if (failure.raw === null) return;
    const piece: Piece = {
      interval: null,
      readAt: now(),
      rows: [],
      quarantined: [{ reason: failure.message, raw: failure.raw, window }],
      duplicates: 0,
      unknownFields: [],
    };
    await commit(feed, piece).catch((cause: unknown) => onFailure?.(feed, window, failureOf(cause, now())));
  }

  function noteDelay(state: FeedState, { error, retryAt }: Delay): void {
    state.lastFailureAt = now();
    state.delay = { ...failureOf(error, now()), retryAt };
  }

  function troubleOf(unread: Unread): Trouble {
    return { ...unread, retryAt: now() + 600_000 };
  }

  function turnOf(job: Job): Turn {
    const firstServed = () => {
      let least: Asker | null = null;
      for (const asker of job.askers)
        if (least === null || asker.lastServed < least.lastServed) least = asker;
      return least;
    };
    return {
      get lane() {
        return job.askers.size > 0 ? 'interactive' : 'background';
      },
      get order() {
        // A window once begun is finished first: its pages belong to one pass.
        return job.load !== null ? -1 : (firstServed()?.lastServed ?? 0);
      },
      served() {
        job.load ??= backlog.begin(job.feed);
        servings += 1;
        const asker = firstServed();
        if (asker !== null) asker.lastServed = servings;
      },
      backpressure: () => (job.load === null ? backlog.backpressure(job.feed) : null),
    };
  }

  function troubles(feed: Feed, range: Interval): readonly Trouble[] {
    const state = stateOf(feed);
    const known = [...state.troubles.values()].flat();
    const delayed = state.delay !== null && (state.delay.retryAt ?? 0) > now() ? state.delay : null;
    const interval = Math.max(feed.pace.minIntervalMs, 1_000);
    const queued = [...state.jobs.values()].map((job, index): Trouble => {
      const pending = { reason: 'PENDING' as const, retryAt: now() + (index + 1) * interval, message: null };
      return { ...job.window, ...(delayed ?? pending) };
    });
    return [...queued, ...known]
      .filter((trouble) => intersect(trouble, range) !== null)
      .map(({ from, to, reason, retryAt, message }) => ({ from, to, reason, retryAt, message }));
  }

  function health(feed: Feed): FeedHealth {
    const { jobs, delay, lastSuccessAt, lastFailureAt } = stateOf(feed);
    const reading = [...jobs.values()].filter((job) => job.load !== null).length;
    const states = { RATE_LIMITED: 'SLOWED', CREDENTIALS_REFUSED: 'STOPPED' } as const;
    const failing =
      delay === null
        ? null
        : delay.reason in states
          ? states[delay.reason as keyof typeof states]
          : 'FAILING';
    return {
      state: failing ?? (lastSuccessAt === null ? 'IDLE' : 'OK'),
      lastSuccessAt,
      lastFailureAt,
      message: delay?.message ?? null,
      retryAt: delay?.retryAt ?? null,
      queued: jobs.size - reading,
      reading,
    };
  }

  async function close(patience: AbortSignal): Promise<void> {
    closed = true;
    const jobs = [...states.values()].flatMap((state) => [...state.jobs.values()]);
    const give = (job: Job) => job.stop.abort(new Error('the gateway is closing'));
    for (const job of jobs) if (job.load === null) give(job);
    const giveUp = () => jobs.forEach(give);
    patience.addEventListener('abort', giveUp, { once: true });
    if (patience.aborted) giveUp();
    await Promise.all(jobs.map((job) => job.ticket.done));
    patience.removeEventListener('abort', giveUp);
  }

  function forget(state: FeedState): void {
    if (state.finished.size < MOST_FINISHED) return;
    for (const [from, at] of state.finished)
      if (at < now() - REMEMBER_FINISHED_MS) state.finished.delete(from);
  }

  return {
    // As if served half a turn ago: a newcomer goes before those just served, after those who wait longer.
    newAsker: () => ({ lastServed: servings - 0.5 }),
    fill,
    troubles,
    mustWait,
    health,
    close,
  };
}

const settled: Ticket = { done: Promise.resolve(), join: () => () => {} };
