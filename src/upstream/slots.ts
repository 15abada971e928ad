import type { PaceRule, SlotSource } from '../records/pace.ts';
import type { Clock } from './clock.ts';

const LEAST_GUARD_MS = 3;
const GUARD_SHARE = 0.01;
const WIDEST_GUARD_SHARE = 0.5;
/** After so long without a refusal a guard is halved again; milliseconds. */
export const CALM_MS = 600_000;

/**
 * What is added to a provider's interval so that clocks, timers and networks cannot make it shorter; in milliseconds.
 * Doubled with each refusal, as long as it stays within half of the interval.
 */
export function guardOf(intervalMs: number, refusals: number): number {
  if (intervalMs === 0) return 0;
  const guard = Math.max(LEAST_GUARD_MS, intervalMs * GUARD_SHARE);
  return guard * 2 ** Math.min(refusals, mostRefusals(intervalMs));
}

/** How many refusals widen the guard of an interval: those beyond change nothing, and take no time to be forgotten. */
export function mostRefusals(intervalMs: number): number {
  const guard = Math.max(LEAST_GUARD_MS, intervalMs * GUARD_SHARE);
  return Math.max(0, Math.floor(Math.log2((intervalMs * WIDEST_GUARD_SHARE) / guard)));
}

/** The refusals that still count `calmMs` after the last of them: one less for every ten minutes. */
export function refusalsLeft(refusals: number, calmMs: number): number {
  return Math.max(0, refusals - Math.floor(calmMs / CALM_MS));
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

interface KeyState {
  readonly times: number[];
  notBefore: number;
  /** Refusals that widened the guard, as of the last of them. */
  refusals: number;
  refusedAt: number;
  /** Grows when the next start is put off: slots reserved before are no longer good. */
  putOffs: number;
}

/** Slots of one process: the interval runs from the instant of writing, so a late call only makes the next one later. */
export function createLocalSlots(clock: Clock): SlotSource {
  const keys = new Map<string, KeyState>();
  const stateOf = (rule: PaceRule) => {
    let state = keys.get(rule.key);
    if (state === undefined) {
      const never = Number.NEGATIVE_INFINITY;
      state = { times: [], notBefore: never, refusals: 0, refusedAt: never, putOffs: 0 };
      keys.set(rule.key, state);
    }
    return state;
  };
  const refusalsOf = ({ refusals, refusedAt }: KeyState) =>
    refusals === 0 ? 0 : refusalsLeft(refusals, clock.monotonic() - refusedAt);
  return {
    async reserve(rule) {
      const state = stateOf(rule);
      const { times, notBefore, putOffs } = state;
      return {
        at: Math.max(clock.monotonic(), notBefore, nextStart(rule, times, refusalsOf(state))),
        good: () => state.putOffs === putOffs,
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
      state.refusals = Math.min(refusalsOf(state) + 1, mostRefusals(rule.minIntervalMs));
      state.refusedAt = clock.monotonic();
      state.putOffs += 1;
    },
  };
}
