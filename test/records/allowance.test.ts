import { describe, expect, test } from 'vitest';
import { createAllowances, growsIn } from '../../src/records/allowance.ts';

function setUp() {
  let now = 0;
  const allowances = createAllowances(() => now);
  return { ...allowances, pass: (ms: number) => (now += ms) };
}

describe('allowances', () => {
  test('fill again evenly, never beyond a minute’s worth', () => {
    const { left, take, pass } = setUp();
    expect(left('ann', 60)).toBe(60);
    take('ann', 60, 60);
    expect(left('ann', 60)).toBe(0);
    pass(1_500);
    expect(left('ann', 60)).toBe(1.5);
    pass(600_000);
    expect(left('ann', 60)).toBe(60);
  });

  test('may be overdrawn, and take longer to fill for it', () => {
    const { left, take, pass } = setUp();
    take('ann', 60, 80);
    expect(left('ann', 60)).toBe(-20);
    expect(growsIn(-20, 1, 60)).toBe(21_000);
    pass(21_000);
    expect(left('ann', 60)).toBe(1);
  });

  test('are each name’s own', () => {
    const { left, take } = setUp();
    take('ann', 60, 60);
    expect(left('bob', 60)).toBe(60);
  });
});
