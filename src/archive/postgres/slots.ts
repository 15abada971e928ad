import type { Lane, PaceRule, Reservation, SlotSource } from '../../records/pace.ts';
import type { Database } from './database.ts';
import { type Item, type News, newsOf } from './news.ts';
import { GRACE_MS, leaveSql, reserveSql, slowDownSql, writtenSql } from './slots-sql.ts';

/** The next start of each pace key, one for all processes at a database. */
export interface PostgresSlots extends SlotSource {
  /** Resolves once everything was reported to the database, or cannot be: other processes then need not wait for us. */
  settled(): Promise<void>;
}

export interface SlotsOptions {
  readonly database: Database;
  readonly news: News;
  /** Milliseconds that never jump. */
  readonly monotonic: () => number;
  /** What is added to an interval after so many refusals; milliseconds. */
  readonly guardOf: (intervalMs: number, refusals: number) => number;
}

interface KeyState {
  /** Reports to the database, one after the other; never rejects. */
  reporting: Promise<unknown>;
  /** Instants of calls that were not reported to the database yet. */
  readonly unreported: number[];
  /** Grows when the next start is put off: slots reserved before are no longer good. */
  putOffs: number;
  /** Whom the slot is held by, or waited for: see `News.holder`. */
  as: string;
  /** Grows with every notification about the key. */
  heard: number;
  wake: () => void;
}

const SOONEST_AGAIN_MS = 20;
const LATEST_AGAIN_MS = 1_000;

/**
 * One turn a key among all processes: whoever has it waits for its slot, and the interval to the next one runs from
 * the instant its call was written, by the database's clock. Lateness of a process therefore moves what follows and
 * shortens no distance. A slot lost with its process is passed on as soon as its session is found ended, as if it had
 * been used then, and after a grace where the process only hangs.
 */
export function createPostgresSlots({ database, news, monotonic, guardOf }: SlotsOptions): PostgresSlots {
  const states = new Map<string, KeyState>();
  news.on('paced', ({ key, putOff }) => hear(key, putOff));

  function hear(key: string, putOff: boolean): void {
    const state = states.get(key);
    if (state === undefined) return;
    if (putOff) state.putOffs += 1;
    state.heard += 1;
    state.wake();
  }

  function stateOf(key: string): KeyState {
    let state = states.get(key);
    if (state === undefined) {
      state = {
        reporting: Promise.resolve(),
        unreported: [],
        putOffs: 0,
        as: news.holder(),
        heard: 0,
        wake: () => {},
      };
      states.set(key, state);
    }
    return state;
  }

  async function reserve(rule: PaceRule, lane: () => Lane, signal?: AbortSignal): Promise<Reservation> {
    const state = stateOf(rule.key);
    await news.listening();
    await state.reporting;
    try {
      await reportCalls(rule, state);
      for (;;) {
        signal?.throwIfAborted();
        const { putOffs, heard } = state;
        await takeName(rule.key, state);
        const breaks = news.breaks();
        const { at, againMs } = await ask(rule, state.as, lane());
        signal?.throwIfAborted();
        const isMine = () => state.putOffs === putOffs && news.breaks() === breaks;
        if (at !== null) return { at, good: (now) => isMine() && now < at + GRACE_MS / 2 };
        if (state.heard === heard) await pause(state, againMs, signal);
      }
    } catch (error) {
      leave(rule.key);
      throw error;
    }
  }

  /** What was begun under another name is left off first: its own wait would else go before it. */
  async function takeName(key: string, state: KeyState): Promise<void> {
    const name = news.holder();
    if (state.as === name) return;
    const values = leaving(key, state.as);
    await database.use((client) => client.query(leaveSql, values));
    state.as = name;
  }

  /** Asks for the next slot: its instant, on the safe side of the way there and back, or when to ask again. */
  async function ask(
    rule: PaceRule,
    as: string,
    lane: Lane,
  ): Promise<{ readonly at: number | null; readonly againMs: number }> {
    const row = await database.use(async (client) => {
      const values = [rule.key, as, lane === 'interactive' ? 0 : 1, ...limitsOf(rule)];
      const { rows } = await client.query<{ wait: number | null; again: number | null }>(reserveSql, values);
      // Without a row nobody has ever called under this key.
      if (rows[0]?.again == null) await client.query(FIRST, [rule.key]);
      return rows[0];
    });
    const now = monotonic();
    if (row?.wait != null) return { at: now + Math.max(0, row.wait), againMs: 0 };
    const againMs = row?.again == null ? 0 : row.again + SOONEST_AGAIN_MS;
    return { at: null, againMs: Math.min(Math.max(againMs, SOONEST_AGAIN_MS), LATEST_AGAIN_MS) };
  }

  /** Reports calls to the database; a report that failed is tried again before the next slot. */
  async function reportCalls(rule: PaceRule, { unreported, as }: KeyState): Promise<void> {
    for (let at = unreported[0]; at !== undefined; at = unreported[0]) {
      const written = at;
      await database.use((client) => {
        const values = [rule.key, as, monotonic() - written, ...limitsOf(rule)];
        return client.query(writtenSql, [...values, ...newsOf(news.owner, paced(rule.key, false))]);
      });
      unreported.shift();
    }
  }

  function leave(key: string): void {
    const values = leaving(key, stateOf(key).as);
    inTurn(key, () => database.use((client) => client.query(leaveSql, values)));
  }

  function leaving(key: string, as: string): string[] {
    return [key, as, ...newsOf(news.owner, paced(key, false))];
  }

  /** A slot that could not be given back is passed on after the grace. */
  function inTurn(key: string, task: () => Promise<unknown>): void {
    const state = stateOf(key);
    state.reporting = state.reporting.then(task).catch(() => undefined);
  }

  /** The guards of an interval by refusals, as long as they grow. */
  function guardsOf(minIntervalMs: number): number[] {
    const guards = [guardOf(minIntervalMs, 0)];
    for (;;) {
      const next = guardOf(minIntervalMs, guards.length);
      if (next <= (guards.at(-1) ?? next)) return guards;
      guards.push(next);
    }
  }

  function limitsOf({ minIntervalMs, quota }: PaceRule): unknown[] {
    const intervals = guardsOf(minIntervalMs).map((guard) => minIntervalMs + guard);
    return [intervals, quota?.calls ?? null, quota === null ? null : quota.perMs + guardOf(quota.perMs, 0)];
  }

  return {
    reserve,
    async settled() {
      await Promise.all([...states.values()].map((state) => state.reporting));
    },
    written(rule, at) {
      const state = stateOf(rule.key);
      state.unreported.push(at);
      inTurn(rule.key, () => reportCalls(rule, state));
    },
    unused: (rule) => leave(rule.key),
    slowDown(rule, until) {
      // Before and after: a slot reserved while the database hears of it must not be used either.
      hear(rule.key, true);
      const put = database.use((client) => {
        const values = [
          rule.key,
          Math.max(0, until - monotonic()),
          guardsOf(rule.minIntervalMs).length - 1,
          ...newsOf(news.owner, paced(rule.key, true)),
        ];
        return client.query(slowDownSql, values);
      });
      void put.then(
        () => hear(rule.key, true),
        () => hear(rule.key, true),
      );
    },
  };
}

const FIRST = "INSERT INTO pace_slots (key, next_at) VALUES ($1, '-infinity') ON CONFLICT DO NOTHING";

function paced(key: string, putOff: boolean): Item {
  return { topic: 'paced', key, putOff };
}

/** Resolves with the next notification, after `waitMs` at the latest, or when the signal aborts. */
function pause(state: KeyState, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    signal?.addEventListener('abort', done, { once: true });
    state.wake = done;
  });
}
