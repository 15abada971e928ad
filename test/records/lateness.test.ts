import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRows, histogramOf, proposedLag, roundedUp, rowsLaterThan } from '../../src/records/lateness.ts';

describe('lateness', () => {
  it.each([
    [0, 1_000],
    [1_000, 1_000],
    [1_001, 2_000],
    [40_500, 41_000],
    [99_000, 99_000],
    [100_001, 110_000],
    [120_000, 120_000],
    [3_601_000, 3_700_000],
    [86_400_000, 87_000_000],
  ])('of %i ms is told as at most %i ms', (lateness, told) => {
    expect(roundedUp(lateness)).toBe(told);
  });

  it('is never told as less than it was, nor as a tenth and a second more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 86_400_000 }), (lateness) => {
        const told = roundedUp(lateness);
        expect(told).toBeGreaterThanOrEqual(lateness);
        expect(told).toBeLessThanOrEqual(lateness * 1.1 + 1_000);
      }),
    );
  });

  it('proposes what all but one row in a thousand came within, and nothing of fewer than a thousand', () => {
    const punctual = Array.from({ length: 1_998 }, (_, index) => (index % 41) * 1_000 + 500);
    const few = histogramOf(punctual.slice(0, 999));
    expect([countRows(few), proposedLag(few)]).toEqual([999, null]);
    const histogram = histogramOf([...punctual, 900_000, 7_200_000]);
    expect(proposedLag(histogram)).toBe(41_000);
    expect(rowsLaterThan(histogram, 120_000)).toBe(2);
    const later = histogramOf([...punctual, 900_000, 900_000, 7_200_000]);
    expect(proposedLag(later)).toBe(900_000);
  });
});
