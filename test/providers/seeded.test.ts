import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFrom, seedsIn } from '../../src/providers/seeded.ts';

const MINUTE = 60_000;
const start = Date.UTC(2026, 0, 21);

describe('seedsIn', () => {
  it('gives the same rows in whatever pieces time is cut', () => {
    const cut = fc.integer({ min: start, max: start + 10 * MINUTE });
    fc.assert(
      fc.property(cut, fc.constantFrom(0.3, 1, 4, 61.5), (at, perMinute) => {
        const whole = { from: start, to: start + 10 * MINUTE };
        const pieces = [
          ...seedsIn({ from: whole.from, to: at }, perMinute),
          ...seedsIn({ from: at, to: whole.to }, perMinute),
        ];
        expect(pieces).toEqual(seedsIn(whole, perMinute));
      }),
    );
  });

  it('has as many rows as asked for, no two at one millisecond, one on each minute’s edge', () => {
    for (const perMinute of [1, 4, 7, 60_000]) {
      const times = seedsIn({ from: start, to: start + MINUTE }, perMinute).map(({ at }) => at);
      expect(times).toHaveLength(perMinute);
      expect(new Set(times).size).toBe(perMinute);
      expect(times[0]).toBe(start);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('knows no rows where none are wanted', () => {
    expect(seedsIn({ from: start, to: start + MINUTE }, 0)).toEqual([]);
  });
});

describe('drawFrom', () => {
  it('gives the same draws for the same numbers, and others for others', () => {
    expect(drawFrom(1, 2).hex(32)).toBe(drawFrom(1, 2).hex(32));
    expect(drawFrom(1, 2).hex(32)).not.toBe(drawFrom(2, 1).hex(32));
    expect(drawFrom(start).hex(32)).not.toBe(drawFrom(start + 2 ** 32).hex(32));
    expect(drawFrom(3).digits(18)).toMatch(/^[1-9]\d{17}$/);
  });
});
