import { describe, expect, test } from 'vitest';
import { guardOf, nextStart } from '../../src/upstream/slots.ts';

const MINUTE = 60_000;
const rule = { key: 'a', minIntervalMs: 1_000, quota: { calls: 2, perMs: MINUTE } };
const interval = 1_000 + guardOf(1_000, 0);
const minute = MINUTE + guardOf(MINUTE, 0);

describe('the next start', () => {
  test('is free at first, and an interval after the last call while the quota has calls left', () => {
    expect(nextStart(rule, [], 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(nextStart(rule, [5], 0)).toBe(5 + interval);
    expect(nextStart({ ...rule, quota: null }, [5, 6, 7], 0)).toBe(7 + interval);
  });

  test('leaves as many calls in the quota’s time as it has, counted from the oldest of them', () => {
    expect(nextStart(rule, [0, 50_000], 0)).toBe(minute);
    expect(nextStart(rule, [0, 20_000, 50_000], 0)).toBe(20_000 + minute);
    expect(nextStart(rule, [0, MINUTE], 0)).toBe(MINUTE + interval);
  });
});
