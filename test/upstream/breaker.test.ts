import { describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import { createBreaker, type Outage, type Passage } from '../../src/upstream/breaker.ts';
import { handClock } from './hand-clock.ts';

const policy = { breakAfter: 3, breakMs: 5_000, longestBreakMs: 12_000 };
const down = new UpstreamError('acc: expected HTTP 200, got 503', { action: 'retry' });

function setUp() {
  const clock = handClock();
  const breaker = createBreaker(policy, clock);
  const fail = (times: number) => {
    for (let count = 0; count < times; count += 1) breaker.failed(down);
  };
  const waits: Outage[] = [];
  /** As a call does: waits until one may go, then goes, or waits on with the others. */
  const pass = async (signal?: AbortSignal): Promise<Passage> => {
    for (;;) {
      await breaker.ready(signal, (outage) => waits.push(outage));
      const passage = breaker.enter();
      if (passage !== null) return passage;
    }
  };
  return { clock, breaker, fail, pass, waits };
}

describe('a breaker', () => {
  test('lets calls go freely until so many failed in a row', async () => {
    const { breaker, fail, pass } = setUp();
    fail(2);
    expect(breaker.answered()).toBe(false);
    fail(2);
    expect(breaker.outage()).toBeNull();
    expect((await pass()).isTrial).toBe(false);
    fail(1);
    expect(breaker.outage()).toEqual({ error: down, retryInMs: 5_000 });
  });

  test('pauses for longer each time, and never so long that a provider that is back waits 15 s', async () => {
    const { clock, breaker, fail, pass } = setUp();
    fail(3);
    const pauses: number[] = [];
    for (let trials = 0; trials < 4; trials += 1) {
      const { retryInMs } = breaker.outage()!;
      pauses.push(retryInMs);
      await clock.pass(retryInMs);
      const trial = await pass();
      expect(trial.isTrial).toBe(true);
      fail(1);
      trial.leave();
    }
    expect(pauses).toEqual([5_000, 10_000, 12_000, 12_000]);
  });

  test('lets one call try while the others wait, and all go once it was answered', async () => {
    const { clock, breaker, fail, pass } = setUp();
    fail(3);
    const went: boolean[] = [];
    const calls = Array.from({ length: 3 }, () =>
      pass().then((passage) => {
        went.push(passage.isTrial);
        return passage;
      }),
    );
    await clock.pass(4_999);
    expect(went).toEqual([]);
    await clock.pass(1);
    expect(went).toEqual([true]);
    // Were the one that tries to fail, the next would try after the pause that begins then.
    expect(breaker.outage()).toMatchObject({ retryInMs: 10_000 });
    expect(breaker.answered()).toBe(true);
    (await Promise.race(calls)).leave();
    await Promise.all(calls);
    expect(went).toEqual([true, false, false]);
  });

  test('does not lengthen its pause for those who were on their way when it began', () => {
    const { breaker, fail } = setUp();
    fail(8);
    expect(breaker.outage()?.retryInMs).toBe(5_000);
  });

  test('lets the next call try at once where it is told to', async () => {
    const { breaker, fail, pass, waits } = setUp();
    fail(3);
    const waiting = pass();
    expect(waits).toEqual([{ error: down, retryInMs: 5_000 }]);
    breaker.tryNow();
    expect((await waiting).isTrial).toBe(true);
  });

  test('lets those try whose turn comes first, not those who were ready first', async () => {
    const { clock, breaker, fail } = setUp();
    fail(3);
    expect(breaker.enter()).toBeNull();
    const ready = [1, 2].map(() => breaker.ready(undefined, () => {}));
    await clock.pass(5_000);
    await Promise.all(ready);
    expect(breaker.enter()?.isTrial).toBe(true);
    expect(breaker.enter()).toBeNull();
  });

  test('lets the next try where one has had no answer for as long as the longest pause', async () => {
    const { clock, breaker, fail, pass } = setUp();
    fail(3);
    await clock.pass(5_000);
    const hanging = await pass();
    expect(breaker.outage()).toMatchObject({ retryInMs: 10_000 });
    await clock.pass(10_000);
    // No sooner than the next may go.
    expect(breaker.outage()).toMatchObject({ retryInMs: 2_000 });
    const next = pass();
    await clock.pass(2_000);
    expect((await next).isTrial).toBe(true);
    hanging.leave();
    expect(breaker.enter()).toBeNull();
  });

  test('lets all go as if none had failed where it is told to', async () => {
    const { breaker, fail, pass } = setUp();
    fail(3);
    const waiting = [pass(), pass()];
    breaker.reset();
    expect((await Promise.all(waiting)).map(({ isTrial }) => isTrial)).toEqual([false, false]);
    fail(2);
    expect(breaker.outage()).toBeNull();
  });

  test('lets go of whoever no longer waits, before a trial and during it', async () => {
    const { clock, fail, pass } = setUp();
    fail(3);
    const leaving = [new AbortController(), new AbortController()] as const;
    const before = pass(leaving[0].signal);
    leaving[0].abort(new Error('gone'));
    await expect(before).rejects.toThrow('gone');
    await clock.pass(5_000);
    await pass();
    const during = pass(leaving[1].signal);
    leaving[1].abort(new Error('gone too'));
    await expect(during).rejects.toThrow('gone too');
  });
});
