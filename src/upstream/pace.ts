import { setImmediate } from 'node:timers/promises';
import type { PaceRule, Reservation, SlotSource } from '../records/pace.ts';
import { createArrivals } from './arrivals.ts';
import type { Clock } from './clock.ts';
import type { CpuWait } from './cpu-wait.ts';
import type { Turn } from './turn.ts';
import { createWaitlist } from './waitlist.ts';

/**
 * A call's right to leave now. Exactly one of `written` and `unused` must follow, then `answered` where an answer came,
 * and `done` once nothing more comes.
 */
export interface Slot {
  written(): void;
  /** The first of the answer has come. */
  answered(): void;
  unused(): void;
  done(): void;
}

export interface Applicant {
  readonly rule: PaceRule;
  readonly turn: Turn;
  /** Makes sure a connection is open, so that a request is written the moment its slot comes. */
  readonly open: () => Promise<void>;
  readonly signal?: AbortSignal;
}

/** Gives slots in the order of lanes and turns, decided anew when each slot comes free. */
export interface Pacer {
  slot(applicant: Applicant): Promise<Slot>;
  slowDown(rule: PaceRule, waitMs: number): void;
  /** How many applicants wait under a key. */
  waiting(key: string): number;
}

interface Waiter extends Applicant {
  readonly resolve: (slot: Slot) => void;
  readonly reject: (reason: unknown) => void;
}

// Enough that a slow provider is still called at its full pace, few enough to bound memory.
const MOST_IN_FLIGHT = 8;
// A millisecond or two of calls that fail at once, after which everybody else has a turn.
const MOST_AT_A_STRETCH = 16;
// A connection is looked after this long before its slot, so that opening one does not delay the call.
const LEAD_MS = 40;
// Short of the grace after which a database passes a slot on that it has heard nothing of.
const LONGEST_IN_DOUBT_MS = 1_800;

export interface PacerOptions {
  readonly clock: Clock;
  readonly slots: SlotSource;
  /** @default one that is never long */
  readonly cpuWait?: CpuWait;
}

/**
 * One queue a pace key; calls of several windows overlap in flight, their starts never come closer than the rule.
 *
 * Where CPUs are waited for, what lies between us and a provider may wait for them as well: a proxy, a tunnel, the
 * provider itself. A call then counts as made when it may have arrived at the latest, which its answer tells.
 */
export function createPacer({ clock, slots, cpuWait = { isLong: () => false } }: PacerOptions): Pacer {
  const queues = new Map<string, ReturnType<typeof createQueue>>();
  const queueOf = (key: string) => {
    let queue = queues.get(key);
    if (queue === undefined) {
      queue = createQueue(clock, slots, cpuWait);
      queues.set(key, queue);
    }
    return queue;
  };
  return {
    slot: (applicant) => queueOf(applicant.rule.key).enter(applicant),
    slowDown: (rule, waitMs) => slots.slowDown(rule, clock.monotonic() + waitMs),
    waiting: (key) => queues.get(key)?.size() ?? 0,
  };
}

function createQueue(clock: Clock, slots: SlotSource, cpuWait: CpuWait) {
  const arrivals = createArrivals();
  const waiters = createWaitlist<Waiter>();
  let inFlight = 0;
  let changed = () => {};
  let running = false;

  function enter(applicant: Applicant): Promise<Slot> {
    return new Promise<Slot>((resolve, reject) => {
      const { signal } = applicant;
      if (signal?.aborted === true) return reject(signal.reason);
      const leave = () => {
        waiters.delete(waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        ...applicant,
        resolve: (slot) => {
          signal?.removeEventListener('abort', leave);
          resolve(slot);
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', leave);
          reject(reason);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiters.add(waiter);
      changed();
      if (!running) {
        running = true;
        // Looked at from here on: what was before, idle or not, says nothing of now.
        cpuWait.isLong();
        void run();
      }
    });
  }

  async function run(): Promise<void> {
    for (let rounds = 1; waiters.size > 0; rounds += 1) {
      // Calls that fail at once, of a provider that is down, leave no pause in which anything else could run.
      if (rounds % MOST_AT_A_STRETCH === 0) await setImmediate();
      const first = inFlight < MOST_IN_FLIGHT ? waiters.first() : null;
      if (first === null) await change();
      else await giveOne(first);
    }
    running = false;
  }

  /** Resolves when somebody came, when a call came back, or when backpressure may have eased. */
  function change(): Promise<void> {
    return new Promise((resolve) => {
      changed = resolve;
      for (const eased of new Set(waiters.pressures())) eased.then(resolve);
    });
  }

  async function giveOne(first: Waiter): Promise<void> {
    const { rule } = first;
    let reservation: Reservation;
    try {
      reservation = await slots.reserve(rule, () => waiters.first()?.turn.lane ?? 'background');
    } catch (error) {
      if (waiters.delete(first)) first.reject(error);
      return;
    }
    await clock.until(reservation.at - LEAD_MS);
    // A call that comes in during the wait may be more urgent than the one it was reserved for.
    let chosen = waiters.first();
    if (chosen !== null) {
      try {
        await chosen.open();
      } catch (error) {
        if (waiters.delete(chosen)) chosen.reject(error);
        slots.unused(rule, reservation);
        return;
      }
      await clock.until(reservation.at);
      if (!waiters.has(chosen)) chosen = null;
    }
    if (chosen === null || !reservation.good(clock.monotonic())) {
      slots.unused(rule, reservation);
      return;
    }
    waiters.delete(chosen);
    await hand(chosen, reservation);
  }

  /** Resolves when it is known when the slot's call was made, or that it was not: only then is the next instant known. */
  function hand(waiter: Waiter, reservation: Reservation): Promise<void> {
    const { rule, turn } = waiter;
    inFlight += 1;
    return new Promise<void>((settled) => {
      let open = true;
      let busy = true;
      let writtenAt: number | null = null;
      let counts = () => {};
      const done = () => {
        counts();
        if (!busy) return;
        busy = false;
        inFlight -= 1;
        changed();
      };
      waiter.resolve({
        written() {
          if (!open) return;
          open = false;
          const at = clock.monotonic();
          writtenAt = at;
          turn.served();
          const known = new AbortController();
          counts = () => {
            counts = () => {};
            known.abort();
            slots.written(rule, arrivals.latest(at, clock.monotonic()));
            settled();
          };
          // Who answers later than that is asked again before: nothing would be learnt by waiting.
          if (!cpuWait.isLong() || !arrivals.mayAnswerWithin(rule.minIntervalMs)) return counts();
          clock.until(reservation.at + LONGEST_IN_DOUBT_MS, known.signal).then(
            () => counts(),
            () => {},
          );
        },
        answered() {
          if (writtenAt !== null) arrivals.answered(clock.monotonic() - writtenAt);
          counts();
        },
        unused() {
          if (!open) return;
          open = false;
          slots.unused(rule, reservation);
          done();
          settled();
        },
        done,
      });
    });
  }

  return { enter, size: () => waiters.size };
}
