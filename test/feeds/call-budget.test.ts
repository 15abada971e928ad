import { describe, expect, test } from 'vitest';
import { createCallBudgets } from '../../src/feeds/call-budget.ts';

function setUp() {
  let now = 0;
  const called: string[] = [];
  const payerOf = createCallBudgets({ monotonic: () => now, onCall: (name) => called.push(name) });
  return { payerOf, called, pass: (ms: number) => (now += ms) };
}

describe('a budget of calls', () => {
  test('lets a window begin while one is left, and again once it has filled', () => {
    const { payerOf, pass } = setUp();
    const ann = payerOf('ann', 2);
    expect([ann.begin(), ann.begin()]).not.toContain(null);
    expect(ann.begin()).toBeNull();
    expect(ann.refusal()).toEqual({
      message: 'the provider calls of this key are spent (calls: 2/m)',
      retryInMs: 30_000,
    });
    pass(30_000);
    expect(ann.begin()).not.toBeNull();
  });

  test('debits later pages without refusing them', () => {
    const { payerOf, called } = setUp();
    const ann = payerOf('ann', 2);
    const window = ann.begin();
    for (let page = 0; page < 5; page += 1) window?.called();
    window?.end();
    expect(called).toHaveLength(5);
    expect(ann.begin()).toBeNull();
    // Three beyond the two there were, and one to begin with.
    expect(ann.refusal().retryInMs).toBe(120_000);
  });

  test('gives back what was begun and never called', () => {
    const { payerOf } = setUp();
    const ann = payerOf('ann', 1);
    ann.begin()?.end();
    expect(ann.begin()).not.toBeNull();
  });

  test('is one for all requests of a name, and none of another’s', () => {
    const { payerOf } = setUp();
    payerOf('ann', 1).begin();
    expect(payerOf('ann', 1).begin()).toBeNull();
    expect(payerOf('bob', 1).begin()).not.toBeNull();
  });

  test('never lets one of none begin, and says that waiting does not help', () => {
    const { payerOf } = setUp();
    expect(payerOf('player', 0).begin()).toBeNull();
    expect(payerOf('player', 0).refusal().retryInMs).toBeNull();
  });

  test('without a bound counts what was called', () => {
    const { payerOf, called } = setUp();
    const admin = payerOf('admin', null);
    for (let index = 0; index < 1_000; index += 1) admin.begin()?.called();
    expect(called).toHaveLength(1_000);
  });
});
