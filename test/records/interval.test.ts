import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Interval, intersect, isEmpty, lengthOf, subtract, union } from '../../src/records/interval.ts';

const instant = fc.integer({ min: 0, max: 60 });
const interval: fc.Arbitrary<Interval> = fc.tuple(instant, instant).map(([from, to]) => ({ from, to }));
const range = interval.map(({ from, to }) => ({ from: Math.min(from, to), to: Math.max(from, to) + 1 }));
const many = fc.array(interval, { maxLength: 12 });

const instants = Array.from({ length: 70 }, (_, at) => at);
const covers = (parts: readonly Interval[]) => (at: number) =>
  parts.some(({ from, to }) => from <= at && at < to);
const covered = (parts: readonly Interval[]) => instants.filter(covers(parts));

/** Sorted, none empty, none touching the next. */
function expectTidy(parts: readonly Interval[]): void {
  for (const part of parts) expect(isEmpty(part)).toBe(false);
  for (const [index, part] of parts.slice(1).entries()) expect(part.from).toBeGreaterThan(parts[index]!.to);
}

describe('intervals', () => {
  test('the union covers the same instants with the fewest intervals', () => {
    fc.assert(
      fc.property(many, (parts) => {
        const joined = union(parts);
        expectTidy(joined);
        expect(covered(joined)).toEqual(covered(parts));
        expect(union(joined)).toEqual(joined);
      }),
    );
  });

  test('what is taken and what is left tile the range', () => {
    fc.assert(
      fc.property(range, many, (whole, taken) => {
        const left = subtract(whole, taken);
        expectTidy(left);
        const isTaken = covers(taken);
        expect(covered(left)).toEqual(covered([whole]).filter((at) => !isTaken(at)));
        const cut = taken.flatMap((part) => intersect(part, whole) ?? []);
        expect(lengthOf(left) + lengthOf(cut)).toBe(whole.to - whole.from);
      }),
    );
  });

  test('what two have in common is the same either way, and null where it is nothing', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const common = intersect(a, b);
        expect(intersect(b, a)).toEqual(common);
        const both = covered([a]).filter(covers([b]));
        expect(covered(common === null ? [] : [common])).toEqual(both);
        expect(common === null).toBe(both.length === 0);
      }),
    );
  });

  test('overlapping parts count once', () => {
    fc.assert(
      fc.property(many, (parts) => {
        expect(lengthOf(parts)).toBe(covered(parts).length);
      }),
    );
  });
});
