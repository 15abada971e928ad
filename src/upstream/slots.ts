import type { Lane, PaceRule } from './call.ts';
import type { Clock } from './clock.ts';

/** An instant at which one call may leave, on `Clock.monotonic()`. */
export interface Reservation {
  readonly at: number;
  /** Whether a call written at `now` still keeps the distance to the next one. */
  readonly good: (now: number) => boolean;
}

/** Where the next start per pace key is kept: in this process, or in a database that several share. */
export interface SlotSource {
  /** `lane` is asked as often as it matters: who waits may change while a slot is awaited. */
  reserve(rule: PaceRule, lane: () => Lane, signal?: AbortSignal): Promise<Reservation>;
  /** The call was written at this instant, on an open connection: the next interval runs from here. */
  written(rule: PaceRule, at: number): void;
  /** The slot was not used. */
  unused(rule: PaceRule, reservation: Reservation): void;
  /** The provider found us too fast: nothing more before this instant, and a wider guard from then on. */
  slowDown(rule: PaceRule, until: number): void;
}

const LEAST_GUARD_MS = 3;
const GUARD_SHARE = 0.01;
const WIDEST_GUARD_SHARE = 0.5;

/** What is added to a provider's interval so that clocks, timers and networks cannot make it shorter; in milliseconds. */
export function guardOf(intervalMs: number, refusals: number): number {
  if (intervalMs === 0) return 0;
  const guard = Math.max(LEAST_GUARD_MS, intervalMs * GUARD_SHARE) * 2 ** refusals;
  return Math.min(guard, Math.max(LEAST_GUARD_MS, intervalMs * WIDEST_GUARD_SHARE));
}

/** The first instant the rule allows after calls written at `times` (ascending). */
export function nextStart(rule: PaceRule, times: readonly number[], refusals: number): number {
  const last = times.at(-1);
  if (last === undefined) return Number.NEGATIVE_INFINITY;
  const byInterval = last + rule.minIntervalMs + guardOf(rule.minIntervalMs, refusals);
  if (rule.quota === null || times.length < rule.quota.calls) return byInterval;
  const oldest = times[times.length - rule.quota.calls] ?? last;
  return Math.max(byInterval, oldest + rule.quota.perMs + guardOf(rule.quota.perMs, 0));
}

/** Slots of one process: the interval runs from the instant of writing, so a late call only makes the next one later. */
export function createLocalSlots(clock: Clock): SlotSource {
  const keys = new Map<string, { times: number[]; notBefore: number; refusals: number }>();
  const stateOf = (rule: PaceRule) => {
    let state = keys.get(rule.key);
    if (state === undefined) {
      state = { times: [], notBefore: Number.NEGATIVE_INFINITY, refusals: 0 };
      keys.set(rule.key, state);
    }
    return state;
  };
  return {
    async reserve(rule) {
      const { times, notBefore, refusals } = stateOf(rule);
      return {
        at: Math.max(clock.monotonic(), notBefore, nextStart(rule, times, refusals)),
        good: () => true,
      };
    },
    written(rule, at) {
      const { times } = stateOf(rule);
      times.push(at);
      times.splice(0, times.length - Math.max(1, rule.quota?.calls ?? 1));
    },
    unused() {},
    slowDown(rule, until) {
      const state = stateOf(rule);
      state.notBefore = Math.max(state.notBefore, until);
      state.refusals += 1;
    },
  };
}
