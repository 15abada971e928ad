import { describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import { createAccountBreaker } from '../../src/upstream/account-breaker.ts';
import type { Passage } from '../../src/upstream/breaker.ts';
import { handClock } from './hand-clock.ts';

const policy = { breakAfter: 3, breakMs: 5_000, longestBreakMs: 12_000 };
const down = new UpstreamError('acc: expected HTTP 200, got 503', { action: 'retry' });

function setUp() {
  const clock = handClock();
  const breaker = createAccountBreaker(policy, clock);
  const fail = (key: string, times = 1) => {
    for (let count = 0; count < times; count += 1) breaker.failed(key, down);
  };
  const pass = async (key: string): Promise<Passage> => {
    for (;;) {
      await breaker.ready(key, undefined, () => {});
      const passage = breaker.enter(key);
      if (passage !== null) return passage;
    }
  };
  return { clock, breaker, fail, pass };
}

describe('an account’s breaker', () => {
  test('holds all operations back once calls failed in a row, whichever they were of', () => {
    const { breaker, fail } = setUp();
    fail('bets');
    fail('transfers');
    fail('bets');
    expect(breaker.outage('bets')).toEqual({ error: down, retryInMs: 5_000 });
    expect(breaker.outage('transfers')).toEqual({ error: down, retryInMs: 5_000 });
    expect(breaker.enter('transfers')).toBeNull();
  });

  test('lets one call try for the account, and all of it go at its first answer', async () => {
    const { clock, breaker, fail, pass } = setUp();
    fail('bets', 4);
    fail('transfers', 4);
    const went: string[] = [];
    const calls = ['bets', 'bets', 'transfers', 'transfers'].map((key) =>
      pass(key).then((passage) => {
        went.push(`${key} ${passage.isTrial}`);
        return passage;
      }),
    );
    await clock.pass(5_000);
    expect(went).toEqual(['bets true']);
    expect(breaker.answered('bets')).toBe(true);
    (await calls[0])?.leave();
    await Promise.all(calls);
    expect(went.slice(1).sort()).toEqual(['bets false', 'transfers false', 'transfers false']);
  });

  test('is tried at least every 15 s, also while each try hangs', async () => {
    const { clock, fail, pass } = setUp();
    fail('bets', 3);
    const tries: number[] = [];
    for (let each = 0; each < 8; each += 1) {
      const trying = pass('bets');
      for (let passage: Passage | null = null; passage === null; ) {
        passage = await Promise.race([trying, Promise.resolve(null)]);
        if (passage === null) await clock.pass(500);
      }
      tries.push(clock.monotonic());
    }
    const pauses = tries.slice(1).map((at, index) => at - tries[index]!);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(15_000);
  });

  test('has an operation that failed as the one that tried give way to the others', async () => {
    const { clock, breaker, fail, pass } = setUp();
    fail('bets', 2);
    fail('transfers', 1);
    await clock.pass(5_000);
    const first = await pass('bets');
    fail('bets');
    first.leave();
    const next = ['bets', 'transfers'].map((key) => pass(key).then(() => key));
    await clock.pass(10_000);
    expect(await Promise.race(next)).toBe('transfers');
    expect(breaker.answered('transfers')).toBe(true);
  });

  test('holds one operation back by itself where others answer', () => {
    const { breaker, fail } = setUp();
    for (let times = 0; times < 3; times += 1) {
      fail('bets');
      breaker.answered('transfers');
    }
    expect(breaker.outage('bets')).toEqual({ error: down, retryInMs: 5_000 });
    expect(breaker.outage('transfers')).toBeNull();
    expect(breaker.enter('transfers')?.isTrial).toBe(false);
    // The others’ answers say nothing of it.
    breaker.answered('transfers');
    expect(breaker.outage('bets')).not.toBeNull();
  });

  test('lets everything go when it is told to', () => {
    const { breaker, fail } = setUp();
    fail('bets', 3);
    fail('transfers', 3);
    breaker.reset();
    for (const key of ['bets', 'transfers']) expect(breaker.enter(key)?.isTrial).toBe(false);
  });
});
