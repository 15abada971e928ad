import { describe, expect, test } from 'vitest';
import type { PaceRule } from '../../src/records/pace.ts';
import type { Clock } from '../../src/upstream/clock.ts';
import { createPacer, type Slot } from '../../src/upstream/pace.ts';
import { createLocalSlots, guardOf } from '../../src/upstream/slots.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';

const MINUTE = 60_000;

/** Time that stands still until `pass` moves it; waits end when it has come so far. */
function createPaperClock() {
  let now = 0;
  let waits: { readonly at: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    until: (at) => (at <= now ? Promise.resolve() : new Promise((wake) => waits.push({ at, wake }))),
  };
  async function pass(ms: number): Promise<void> {
    const end = now + ms;
    for (;;) {
      await settle();
      const next = Math.min(end, ...waits.map(({ at }) => at));
      now = Math.max(now, next);
      const due = waits.filter(({ at }) => at <= now);
      waits = waits.filter(({ at }) => at > now);
      for (const { wake } of due) wake();
      if (due.length === 0 && now === end) return settle();
    }
  }
  return { clock, pass };
}

/** Lets everything that waits for no time come as far as it can. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await Promise.resolve();
}

const rule: PaceRule = { key: 'k', minIntervalMs: 1_000, quota: null };

describe('the guard', () => {
  test('is doubled by each refusal as long as it stays within half of the interval', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 20].map((refusals) => guardOf(1_000, refusals))).toEqual([
      10, 20, 40, 80, 160, 320, 320, 320,
    ]);
    expect([0, 1, 2].map((refusals) => guardOf(20, refusals))).toEqual([3, 6, 6]);
    expect(guardOf(4, 5)).toBe(3);
    expect(guardOf(0, 5)).toBe(0);
  });

  test('is halved again after every ten minutes without a refusal, down to where it began', async () => {
    const { clock, pass } = createPaperClock();
    const slots = createLocalSlots(clock);
    const distance = async () => {
      slots.written(rule, clock.monotonic());
      return (await slots.reserve(rule, () => 'background')).at - clock.monotonic();
    };
    for (let refusal = 0; refusal < 20; refusal += 1) slots.slowDown(rule, clock.monotonic());
    const distances: number[] = [await distance()];
    for (let times = 0; times < 6; times += 1) {
      await pass(10 * MINUTE - 1);
      expect(await distance()).toBe(distances.at(-1));
      await pass(1);
      distances.push(await distance());
    }
    expect(distances).toEqual([1_320, 1_160, 1_080, 1_040, 1_020, 1_010, 1_010]);
  });

  test('is doubled from where it has come to, and the ten minutes begin anew', async () => {
    const { clock, pass } = createPaperClock();
    const slots = createLocalSlots(clock);
    const distance = async () => {
      slots.written(rule, clock.monotonic());
      return (await slots.reserve(rule, () => 'background')).at - clock.monotonic();
    };
    slots.slowDown(rule, 0);
    slots.slowDown(rule, 0);
    await pass(15 * MINUTE);
    slots.slowDown(rule, 0);
    expect(await distance()).toBe(1_040);
    await pass(9 * MINUTE);
    expect(await distance()).toBe(1_040);
    await pass(MINUTE);
    expect(await distance()).toBe(1_020);
  });
});

describe('a slot reserved before the provider found us too fast', () => {
  test('is given back: the next call leaves not before the provider’s time', async () => {
    const { clock, pass } = createPaperClock();
    const pacer = createPacer({ clock, slots: createLocalSlots(clock) });
    const left: number[] = [];
    const call = async () => {
      const turn = fixedTurn('background');
      const slot = await pacer.slot({ rule, turn, open: async () => {} });
      left.push(clock.monotonic());
      slot.written();
      return slot;
    };
    const first = call();
    const second = call();
    await pass(500);
    (await first).done();
    pacer.slowDown(rule, 5_000);
    await pass(4_999);
    expect(left).toEqual([0]);
    await pass(1);
    await second;
    expect(left).toEqual([0, 5_500]);
  });
});

describe('while CPUs are waited for', () => {
  /** Calls that always wait for their slots, the first of which is answered after `quickMs`. */
  async function begin({ isLong, quickMs }: { readonly isLong: boolean; readonly quickMs: number }) {
    const { clock, pass } = createPaperClock();
    const pacer = createPacer({ clock, slots: createLocalSlots(clock), cpuWait: { isLong: () => isLong } });
    const left: number[] = [];
    const slots: Slot[] = [];
    const call = async () => {
      const slot = await pacer.slot({ rule, turn: fixedTurn('background'), open: async () => {} });
      left.push(clock.monotonic());
      slot.written();
      slots.push(slot);
    };
    for (let calls = 0; calls < 6; calls += 1) void call();
    await pass(quickMs);
    slots[0]?.answered();
    slots[0]?.done();
    return { pass, left, slots };
  }

  test('a call counts as made when it may have arrived at the latest, as its answer tells', async () => {
    const { pass, left, slots } = await begin({ isLong: true, quickMs: 2 });
    await pass(1_010 + 302 - 2);
    slots[1]?.answered();
    await pass(1_008);
    // 300 ms more than the quickest answer took, and the interval.
    expect(left).toEqual([0, 1_010, 2_320]);
    await pass(100);
    slots[2]?.done();
    await pass(1_008);
    // It failed without an answer, 98 ms later than an answer would have come.
    expect(left).toEqual([0, 1_010, 2_320, 3_428]);
    await pass(2_807);
    expect(left).toHaveLength(4);
    // An answer is not waited for longer than a slot lasts.
    await pass(1);
    expect(left).toEqual([0, 1_010, 2_320, 3_428, 6_236]);
  });

  test('a provider whose answers take longer than its interval is called as often as it allows', async () => {
    const { pass, left } = await begin({ isLong: true, quickMs: 1_500 });
    await pass(5_000);
    expect(left).toEqual([0, 1_500, 2_510, 3_520, 4_530, 5_540]);
  });

  test('and where none is waited for, a call counts as made when it was written', async () => {
    const { pass, left, slots } = await begin({ isLong: false, quickMs: 2 });
    await pass(1_010 + 302);
    slots[1]?.answered();
    await pass(2_000);
    expect(left).toEqual([0, 1_010, 2_020, 3_030]);
  });
});

test('thousands of calls that fail at once leave others their turns', async () => {
  const { clock } = createPaperClock();
  const pacer = createPacer({ clock, slots: createLocalSlots(clock) });
  const free = { key: 'free', minIntervalMs: 0, quota: null };
  let failed = 0;
  const fail = async () => {
    const turn = fixedTurn('background');
    await expect(
      pacer.slot({ rule: free, turn, open: () => Promise.reject(new Error('down')) }),
    ).rejects.toThrow('down');
    failed += 1;
  };
  const all = Promise.all(Array.from({ length: 3_000 }, fail));
  const seen: number[] = [];
  while (failed < 3_000) {
    seen.push(failed);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await all;
  // Nobody waits for more than a few dozen of them.
  expect(seen.length).toBeGreaterThan(100);
});
