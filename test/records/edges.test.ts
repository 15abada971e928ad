import { describe, expect, test } from 'vitest';
import { unknownClock } from '../../src/records/clock-reading.ts';
import {
  coverageOf,
  type FeedTiming,
  type HeldPart,
  lackingWindows,
  splitAtDoubts,
} from '../../src/records/coverage.ts';
import { joinAtEdges, windowsToAsk, withEdges } from '../../src/records/edges.ts';

const MINUTE = 60_000;
const grid = 10 * MINUTE;
const a = Date.UTC(2026, 10, 21, 12);
const now = a + 60 * MINUTE;
const clock = unknownClock(now);
const timing: FeedTiming = {
  account: 'vp-main',
  kind: 'BET',
  grid,
  retention: null,
  openMaxAge: 30_000,
  edge: 1,
};
/** What a read of the `index`-th window holds, where nothing before it could be asked. */
const part = (index: number, over: Partial<HeldPart> = {}): HeldPart => ({
  from: a + index * grid + 1,
  to: a + (index + 1) * grid,
  state: 'held',
  readAt: now,
  quarantined: 0,
  ...over,
});
const window = (index: number) => ({ from: a + index * grid, to: a + (index + 1) * grid });

describe('the instant at which two windows meet', () => {
  test('is held once it was asked as the end of one and the start of the other', () => {
    const range = window(1);
    const alone = coverageOf(timing, range, joinAtEdges([part(1)], 1), [], clock);
    expect(alone.coverage).toMatchObject({
      complete: false,
      gaps: [{ from: range.from, to: range.from + 1 }],
    });
    const both = coverageOf(timing, range, joinAtEdges([part(0), part(1)], 1), [], clock);
    expect(both.coverage).toMatchObject({ complete: true, gaps: [] });
  });

  test('is told by the older of the two reads, never by one with rows set aside', () => {
    const [first, second] = [part(0, { readAt: now - 1 }), part(1)];
    expect(joinAtEdges([first, second], 1)).toEqual([{ ...first, to: a + grid + 1 }, second]);
    const younger = part(0, { readAt: now + 1 });
    expect(joinAtEdges([second, younger], 1)).toEqual([younger, { ...second, from: a + grid }]);
    const aside = part(1, { quarantined: 1 });
    expect(joinAtEdges([first, aside], 1)).toEqual([{ ...first, to: a + grid + 1 }, aside]);
    const old = { quarantined: 1, readAt: now - 9 };
    expect(joinAtEdges([first, part(1, old)], 1)).toEqual([{ ...first, to: a + grid + 1 }, part(1, old)]);
    expect(joinAtEdges([part(0, old), second], 1)).toEqual([part(0, old), { ...second, from: a + grid }]);
  });

  test('is not one at which a row is in doubt, however short it is: that keeps the whole from being final', () => {
    const [final, range] = [part(1, { state: 'final' }), { from: a + grid + 1, to: a + 2 * grid }];
    const joined = joinAtEdges(splitAtDoubts([final], [a + grid + 5]), 1);
    expect(coverageOf(timing, range, joined, [], clock).coverage).toMatchObject({
      complete: true,
      final: false,
      contradicted: 1,
    });
  });

  test('that was read by itself once is told by the two reads round it when both are younger', () => {
    const alone = part(0, { from: a + grid, to: a + grid + 1, readAt: now - 9, state: 'open' });
    const round = [part(0, { readAt: now - 1 }), part(1)] as const;
    expect(joinAtEdges([...round, alone], 1)).toEqual([{ ...round[0], to: a + grid + 1 }, round[1]]);
    const held = { ...alone, state: 'held' as const };
    expect(joinAtEdges([...round, held], 1)).toEqual([{ ...round[0], to: a + grid + 1 }, round[1]]);
    const aside = { ...alone, quarantined: 1 };
    expect(joinAtEdges([...round, aside], 1)).toEqual([round[0], aside, round[1]]);
    const older = part(0, { readAt: now - 10, state: 'open' });
    expect(joinAtEdges([older, alone, round[1]], 1)).toEqual([older, alone, round[1]]);
  });

  test('is nothing to feeds that are asked from before their windows, and joins no wider gap', () => {
    const parts = [part(0), part(1)];
    expect(joinAtEdges(parts, null)).toBe(parts);
    const apart = [part(0), part(1, { from: a + grid + 2 })];
    expect(joinAtEdges(apart, 1)).toEqual(apart);
  });

  test('has the window before it asked where nothing else is left of its own', () => {
    expect(lackingWindows(timing, window(1), [], clock)).toEqual([window(1)]);
    expect(lackingWindows(timing, window(1), joinAtEdges([part(1)], 1), clock)).toEqual([window(0)]);
    expect(lackingWindows(timing, window(1), joinAtEdges([part(0)], 1), clock)).toEqual([window(1)]);
    expect(lackingWindows(timing, { from: a + 5, to: a + grid }, [], clock)).toEqual([window(0)]);
    // Nor is a window asked again that lacks it for the one before.
    const hour = { from: a, to: a + 6 * grid };
    const late = joinAtEdges([part(-1), part(2), part(3), part(4), part(5)], 1);
    expect(lackingWindows(timing, hour, late, clock)).toEqual([window(1), window(0)]);
  });

  test('costs one window a range, however many it has', () => {
    const hour = { from: a, to: a + 6 * grid };
    expect(windowsToAsk(hour, { grid, edge: 1 })).toHaveLength(6);
    const read = joinAtEdges(
      [0, 1, 2, 3, 4, 5].map((index) => part(index)),
      1,
    );
    expect(lackingWindows(timing, hour, read, clock)).toEqual([window(-1)]);
    expect(withEdges(hour, 1)).toEqual({ from: a - 1, to: a + 6 * grid + 1 });
  });
});
