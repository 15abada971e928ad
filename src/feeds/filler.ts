import type { Archive, CommitResult, Fence } from '../archive/archive.ts';
import type { Trouble } from '../records/coverage.ts';
import { type Interval, intersect } from '../records/interval.ts';
import type { Window } from '../records/window.ts';
import type { Delay } from '../upstream/call.ts';
import { isPaused } from '../upstream/halt.ts';
import { traced } from '../upstream/traced.ts';
import { createTrickle } from '../upstream/trickle.ts';
import {
  createSharedTurn,
  fixedTurn,
  type Gate,
  type Line,
  type SharedTurn,
  type Turn,
} from '../upstream/turn.ts';
import { type Backlog, createBacklog, type Load } from './backlog.ts';
import type { Payer, Payment } from './call-budget.ts';
import type { Claim, Claims } from './claims.ts';
import type { ClockMemory } from './clock-memory.ts';
import { doubtingOf } from './doubting.ts';
import { type Feed, type FeedHealth, feedClock, feedName } from './feed.ts';
import { createReader, type Reader } from './reader.ts';
import type { Piece } from './reading/piece.ts';
import { createSetbacks, type Setbacks } from './setbacks.ts';
import { createStamp } from './stamp.ts';
import { type Failure, failureOf } from './trouble.ts';

/** Somebody who waits: a request whose windows take turns with those of others. */
export interface Asker extends Line {
  /** When it was last served, in servings of the process. */
  order: number;
}

/** One window's promise: settles when it was read or given up, never rejects. */
export interface Ticket {
  readonly done: Promise<void>;
  /**
   * Somebody waits: the window has the interactive lane until the returned function is called by the last who do.
   */
  join(asker: Asker): () => void;
  /** Set where the window was not begun, since the payer’s budget of calls is spent. */
  readonly isUnpaid?: true;
}

export interface FillOptions {
  /** When the asker looked at the ledger, by the monotonic clock: a window finished after that is not read again. */
  readonly knownAt: number;
  /** Looks again whether a window is still to be read: asked where other processes may have read it meanwhile. */
  readonly isWanted: (window: Window) => Promise<boolean>;
  /** Whether an admin asked for these reads to decide what becomes of rows they do not list. @default false */
  readonly byAdmin?: boolean;
  /**
   * Whether they are read for nothing but to see what became of them: all else of the background goes first.
   * @default false
   */
  readonly isAudit?: boolean;
  /** Who pays for the windows that are begun; those under way already are free. Absent: nobody, and no bound holds. */
  readonly payer?: Payer;
}

/** Reads missing windows, each once however many ask for it, and keeps rows and ledger together. */
export interface Filler {
  newAsker(): Asker;
  /** Tickets at once, in the order of `windows`, which is also the order they are read in among equals. */
  fill(feed: Feed, windows: readonly Window[], options: FillOptions): readonly Ticket[];
  /** Why windows that touch `range` are not there yet. */
  troubles(feed: Feed, range: Interval): readonly Trouble[];
  /** How many windows that touch `range` wait for a call or are being read. */
  underWay(feed: Feed, range: Interval): number;
  /** Whether a window failed a moment ago and is not asked for again before its time. */
  mustWait(feed: Feed, window: Window): boolean;
  health(feed: Feed): FeedHealth;
  /**
   * Reads an interval at once, held or not, archives what comes and says which pieces those were; `served` is told of
   * each call. Rejects with an
   * UpstreamError where the provider fails, with an ArchiveError where the archive does.
   */
  readNow(feed: Feed, interval: Interval, asker: Asker, served?: () => void): Promise<readonly Piece[]>;
  /** How many windows of a feed were read so far. */
  windowsRead(feed: Feed): number;
  /** Forgets feeds that are asked otherwise from now on, or no longer: gives back what was not begun, finishes what was. */
  retire(feeds: readonly Feed[]): Promise<void>;
  /** Gives back what was not begun, finishes what was, at most until the signal. */
  close(patience: AbortSignal): Promise<void>;
}

export interface FillerOptions {
  readonly archive: Pick<Archive, 'commit'>;
  /** Absent where no other process shares the archive. */
  readonly claims?: Claims;
  /** @default one of its own */
  readonly backlog?: Backlog;
  /** Absent where what is known of providers' clocks is kept nowhere. */
  readonly clocks?: Pick<ClockMemory, 'settled'>;
  /** The wall clock. */
  readonly now: () => number;
  /** Milliseconds that never jump. @default performance.now */
  readonly monotonic?: () => number;
  /** @default one that knows nothing of its feeds yet */
  readonly reader?: Reader;
  readonly onFailure?: (feed: Feed, window: Window, failure: Failure) => void;
  /** Told of each piece that was kept, and whether an audit had it read. */
  readonly onCommit?: (feed: Feed, piece: Piece, result: CommitResult, isAudit: boolean) => void;
}

interface Job {
  readonly feed: Feed;
  readonly window: Window;
  readonly turn: SharedTurn<Asker>;
  readonly ticket: Ticket;
  readonly stop: AbortController;
  readonly payment: Payment | null;
  readonly isAudit: boolean;
  byAdmin: boolean;
  /** Null until its first call leaves. */
  load: Load | null;
  /** Null until it is given, and where no other process shares the archive. */
  claim: Claim | null;
}

interface FeedState {
  readonly jobs: Map<number, Job>;
  readonly setbacks: Setbacks;
  readonly gate: Gate;
  /** When windows were finished, by the monotonic clock. */
  readonly finished: Map<number, number>;
  windowsRead: number;
}

/** The turn of a single call somebody waits for, outside any window. */
export function interactiveTurn(asker: Asker, served: () => void = () => {}): Turn {
  return fixedTurn('interactive', asker.order, served);
}

// A query over weeks begins thousands of windows.
const BEGUN_AT_ONCE = 64;
const REMEMBER_FINISHED_MS = 60_000;
const MOST_FINISHED = 10_000;

export function createFiller(options: FillerOptions): Filler {
  const { archive, claims, clocks, backlog = createBacklog(), now, onFailure, onCommit } = options;
  const { monotonic = () => performance.now(), reader = createReader({ monotonic }) } = options;
  const stamp = createStamp();
  const begun = createTrickle(BEGUN_AT_ONCE);
  const states = new Map<string, FeedState>();
  // Those begun by `readNow`.
  const readings = new Set<{ readonly stop: AbortController; readonly done: Promise<void> }>();
  let servings = 0;
  let closed = false;

  function stateOf(feed: Feed): FeedState {
    const name = feedName(feed);
    let state = states.get(name);
    if (state === undefined) {
      const setbacks = createSetbacks(feed, { now, monotonic });
      feed.upstream?.onRecovery(setbacks.recovered);
      const gate = { backpressure: () => backlog.backpressure(feed) };
      state = { jobs: new Map(), setbacks, gate, finished: new Map(), windowsRead: 0 };
      states.set(name, state);
    }
    return state;
  }

  function fill(
    feed: Feed,
    windows: readonly Window[],
    { knownAt, isWanted, payer, byAdmin = false, isAudit = false }: FillOptions,
  ): readonly Ticket[] {
    const state = stateOf(feed);
    forget(state);
    return windows.map((window) => {
      const job = state.jobs.get(window.from);
      if (job !== undefined) {
        job.byAdmin ||= byAdmin;
        if (!isAudit) job.turn.hurry();
        return job.ticket;
      }
      const finishedAt = state.finished.get(window.from);
      const justRead = finishedAt !== undefined && finishedAt >= knownAt;
      if (closed || justRead || mustWait(feed, window)) return settled;
      const payment = payer?.begin() ?? null;
      if (payer !== undefined && payment === null) return unpaid;
      const started = begin(feed, state, window, { payment, isAudit }, () => isWanted(window));
      started.byAdmin = byAdmin;
      return started.ticket;
    });
  }

  function mustWait(feed: Feed, window: Window): boolean {
    return stateOf(feed).setbacks.mustWait(window);
  }

  function begin(
    feed: Feed,
    state: FeedState,
    window: Window,
    { payment, isAudit }: Pick<Job, 'payment' | 'isAudit'>,
    isWanted: () => Promise<boolean>,
  ): Job {
    let over = () => {};
    const job: Job = {
      feed,
      window,
      turn: createSharedTurn(state.gate, (asker) => served(job, asker), { isLast: isAudit }),
      ticket: {
        done: new Promise<void>((resolve) => {
          over = resolve;
        }),
        join(asker) {
          job.turn.join(asker);
          return () => job.turn.leave(asker);
        },
      },
      stop: new AbortController(),
      payment,
      isAudit,
      byAdmin: false,
      load: null,
      claim: null,
    };
    state.jobs.set(window.from, job);
    void traced('window', namesOf(feed, window), () => run(job, state, isWanted)).finally(() => {
      job.load?.end();
      payment?.end();
      state.jobs.delete(window.from);
      state.finished.set(window.from, monotonic());
      over();
    });
    return job;
  }

  async function run(job: Job, state: FeedState, isWanted: () => Promise<boolean>): Promise<void> {
    await begun();
    const { feed, window, turn } = job;
    let claim: Claim | null = null;
    try {
      if (claims !== undefined) {
        claim = await claims.claim({ feed, window, turn, signal: job.stop.signal, isWanted });
        if (claim === null) return;
        job.claim = claim;
      }
      await read(job, state, turn, claim);
    } catch (error) {
      // A window of a paused account waits and has not failed.
      if (job.stop.signal.aborted || claim?.lost.aborted === true || isPaused(error)) return;
      await fail(job, state, error);
    } finally {
      // What cannot be given back runs out by itself.
      await claim?.release().catch(() => {});
    }
  }

  async function read(job: Job, state: FeedState, turn: Turn, claim: Claim | null): Promise<void> {
    const { feed, window, stop } = job;
    const signal = claim === null ? stop.signal : AbortSignal.any([stop.signal, claim.lost]);
    const context = {
      turn,
      signal,
      stamp,
      settled: clocks && (() => clocks.settled(feed.account.id)),
      onDelay: (delay: Delay) => state.setbacks.delayed(delay),
    };
    const unread = await reader.readWindow(feed, window, context, async (piece) => {
      job.load?.read(piece.rows.length, (piece.interval?.to ?? 0) >= window.to);
      await commit(feed, piece, { fence: claim?.fence, byAdmin: job.byAdmin, isAudit: job.isAudit });
      job.load?.written(piece.rows.length);
    });
    state.windowsRead += 1;
    state.setbacks.succeeded(window, unread);
  }

  async function commit(
    feed: Feed,
    piece: Piece,
    {
      fence,
      byAdmin = false,
      isAudit = false,
    }: Partial<Pick<Job, 'byAdmin' | 'isAudit'>> & { readonly fence?: Fence } = {},
  ): Promise<void> {
    const { account, kind } = feed;
    const { interval, readAt, providerAt, rows, quarantined, duplicates } = piece;
    const steps = { ...namesOf(feed, interval), 'countroom.rows': rows.length };
    const reading = {
      account: account.id,
      provider: account.provider,
      kind,
      interval,
      readAt,
      providerAt,
      rows,
      quarantined,
      // An instant first looked at within this could not be asked for much sooner.
      liveWithin: feed.limits.settlementLag + feed.limits.openMaxAge,
      doubting: doubtingOf(feed, interval, feedClock(feed, now()), byAdmin),
      fence,
    };
    const result = await traced('commit', steps, () => archive.commit(reading));
    onCommit?.(feed, piece, { ...result, duplicates: result.duplicates + duplicates }, isAudit);
  }

  async function readNow(
    feed: Feed,
    interval: Interval,
    asker: Asker,
    served?: () => void,
  ): Promise<readonly Piece[]> {
    const { setbacks } = stateOf(feed);
    const pieces: Piece[] = [];
    const stop = new AbortController();
    const context = {
      turn: interactiveTurn(asker, served),
      signal: stop.signal,
      stamp,
      settled: clocks && (() => clocks.settled(feed.account.id)),
      onDelay: (delay: Delay) => setbacks.delayed(delay),
    };
    const reading = reader.readWindow(feed, interval, context, async (piece) => {
      await commit(feed, piece);
      pieces.push(piece);
    });
    const done = { stop, done: reading.then(ignore, ignore) };
    readings.add(done);
    try {
      if (closed) stop.abort(new Error('the gateway is closing'));
      await reading;
      return pieces;
    } finally {
      readings.delete(done);
    }
  }

  async function fail({ feed, window }: Job, state: FeedState, error: unknown): Promise<void> {
    const failure = failureOf(error);
    state.setbacks.failed(window, failure);
    onFailure?.(feed, window, failure);
    if (failure.raw === null) return;
    const piece: Piece = {
      interval: null,
      readAt: stamp(now()),
      providerAt: feedClock(feed, now()).providerNow,
      rows: [],
      quarantined: [{ reason: failure.message, raw: failure.raw, window }],
      duplicates: 0,
      unknownFields: [],
    };
    await commit(feed, piece).catch((cause: unknown) => onFailure?.(feed, window, failureOf(cause)));
  }

  function served(job: Job, asker: Asker | null): void {
    job.load ??= backlog.begin(job.feed);
    job.claim?.began();
    job.payment?.called();
    servings += 1;
    if (asker !== null) asker.order = servings;
  }

  function troubles(feed: Feed, range: Interval): readonly Trouble[] {
    const { jobs, setbacks } = stateOf(feed);
    return setbacks.troubles(
      range,
      [...jobs.values()].map(({ window }) => window),
    );
  }

  function health(feed: Feed): FeedHealth {
    const { jobs, setbacks } = stateOf(feed);
    const reading = [...jobs.values()].filter((job) => job.load !== null).length;
    return { ...setbacks.health(), queued: jobs.size - reading, reading };
  }

  async function retire(feeds: readonly Feed[]): Promise<void> {
    const names = feeds.map(feedName);
    const jobs = names.flatMap((name) => [...(states.get(name)?.jobs.values() ?? [])]);
    for (const name of names) states.delete(name);
    for (const job of jobs)
      if (job.load === null) job.stop.abort(new Error('the account was configured anew'));
    await Promise.all(jobs.map((job) => job.ticket.done));
  }

  async function close(patience: AbortSignal): Promise<void> {
    closed = true;
    const jobs = [...states.values()].flatMap((state) => [...state.jobs.values()]);
    const give = (job: Job) => job.stop.abort(new Error('the gateway is closing'));
    for (const job of jobs) if (job.load === null) give(job);
    const giveUp = () => {
      jobs.forEach(give);
      for (const { stop } of readings) stop.abort(new Error('the gateway is closing'));
    };
    patience.addEventListener('abort', giveUp, { once: true });
    if (patience.aborted) giveUp();
    await Promise.all([...jobs.map((job) => job.ticket.done), ...[...readings].map(({ done }) => done)]);
    patience.removeEventListener('abort', giveUp);
  }

  function forget(state: FeedState): void {
    state.setbacks.forget();
    if (state.finished.size < MOST_FINISHED) return;
    for (const [from, at] of state.finished)
      if (at < monotonic() - REMEMBER_FINISHED_MS) state.finished.delete(from);
  }

  return {
    // As if served half a turn ago: a newcomer goes before those just served, after those who wait longer.
    newAsker: () => ({ order: servings - 0.5 }),
    fill,
    readNow,
    troubles,
    underWay: (feed, range) =>
      [...stateOf(feed).jobs.values()].filter(({ window }) => intersect(window, range) !== null).length,
    mustWait,
    health,
    windowsRead: (feed) => stateOf(feed).windowsRead,
    retire,
    close,
  };
}

/** What a step of a trace says of a part of a feed. */
function namesOf({ account, kind }: Feed, part: Interval | null) {
  return {
    'countroom.account': account.id,
    'countroom.kind': kind,
    ...(part !== null && {
      'countroom.from': new Date(part.from).toISOString(),
      'countroom.to': new Date(part.to).toISOString(),
    }),
  };
}

const ignore = () => {};

const settled: Ticket = { done: Promise.resolve(), join: () => () => {} };
const unpaid: Ticket = { ...settled, isUnpaid: true };
