import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unknownClock } from '../../src/records/clock-reading.ts';
import { clip, countWindows, halve, reachOf, windowsOf } from '../../src/records/window.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const from = fc.integer({ min: 0, max: 2_000_000_000_000 });
const length = fc.integer({ min: 1, max: 200 * MINUTE });
const range = fc.tuple(from, length).map(([start, long]) => ({ from: start, to: start + long }));
const grid = fc.constantFrom(SECOND, MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 7 * MINUTE + 1);

describe('windows', () => {
  test('tile any range, on the grid, none of them in vain', () => {
    fc.assert(
      fc.property(range, grid, (asked, gridMs) => {
        fc.pre((asked.to - asked.from) / gridMs < 5_000);
        const windows = windowsOf(asked, gridMs);
        for (const window of windows) {
          expect(window.from % gridMs).toBe(0);
          expect(window.to - window.from).toBe(gridMs);
          expect(window.from < asked.to && asked.from < window.to).toBe(true);
        }
        for (const [index, window] of windows.slice(1).entries())
          expect(window.from).toBe(windows[index]?.to);
        expect(windows[0]?.from).toBeLessThanOrEqual(asked.from);
        expect(windows.at(-1)?.to).toBeGreaterThanOrEqual(asked.to);
        expect(countWindows(asked, gridMs)).toBe(windows.length);
      }),
    );
  });

  test('of an empty range are none', () => {
    expect(windowsOf({ from: 5, to: 5 }, 10)).toEqual([]);
    expect(countWindows({ from: 5, to: 5 }, 10)).toBe(0);
    expect(countWindows({ from: 9, to: 5 }, 10)).toBe(0);
  });
});

describe('halving', () => {
  test('gives two parts that tile the whole, cut at a whole second of it, until one second is left', () => {
    fc.assert(
      fc.property(range, (whole) => {
        const halves = halve(whole);
        expect(halves === null).toBe(whole.to - whole.from <= SECOND);
        if (halves === null) return;
        const [first, second] = halves;
        expect([first.from, first.to, second.to]).toEqual([whole.from, second.from, whole.to]);
        expect((first.to - first.from) % SECOND).toBe(0);
        expect(first.to - first.from).toBeGreaterThan(0);
        expect(second.to - second.from).toBeGreaterThan(0);
      }),
    );
  });

  test('ends: no part is longer than its whole less a second', () => {
    let part = { from: 0, to: 24 * 60 * MINUTE };
    let steps = 0;
    for (let halves = halve(part); halves !== null; halves = halve(part)) {
      part = halves[1];
      steps += 1;
    }
    expect(part.to - part.from).toBe(SECOND);
    expect(steps).toBeLessThan(20);
  });
});

describe('clipping', () => {
  const now = 2_000_000_000_000;
  const retentionMs = 40 * 24 * 60 * MINUTE;
  const near = fc
    .tuple(fc.integer({ min: -retentionMs - 600 * MINUTE, max: 60 * MINUTE }), length)
    .map(([offset, long]) => ({ from: now + offset, to: now + offset + long }));

  test('stays within the window, the retention and the past, on the step', () => {
    fc.assert(
      fc.property(near, fc.constantFrom(1, SECOND), (window, stepMs) => {
        const asked = clip(window, { ...unknownClock(now), retentionMs }, stepMs);
        if (asked === null) return;
        expect(asked.from).toBeGreaterThanOrEqual(Math.max(window.from, now - retentionMs + MINUTE));
        expect(asked.to).toBeLessThanOrEqual(Math.min(window.to, now - SECOND));
        expect(asked.from).toBeLessThan(asked.to);
        expect([asked.from % stepMs, asked.to % stepMs]).toEqual([0, 0]);
      }),
    );
  });

  test('leaves out less than a step at either end', () => {
    fc.assert(
      fc.property(near, fc.constantFrom(1, SECOND), (window, stepMs) => {
        const reach = reachOf({ ...unknownClock(now), retentionMs });
        const from = Math.max(window.from, reach.from);
        const to = Math.min(window.to, reach.to);
        const asked = clip(window, { ...unknownClock(now), retentionMs }, stepMs);
        if (asked === null) {
          expect(to - from).toBeLessThan(2 * stepMs);
          return;
        }
        expect(asked.from - from).toBeLessThan(stepMs);
        expect(to - asked.to).toBeLessThan(stepMs);
      }),
    );
  });

  test('knows no beginning where the provider states no retention', () => {
    expect(clip({ from: 0, to: MINUTE }, { ...unknownClock(now), retentionMs: null })).toEqual({
      from: 0,
      to: MINUTE,
    });
  });
});
