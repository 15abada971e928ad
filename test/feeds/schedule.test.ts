import { describe, expect, test } from 'vitest';
import { type PlanInput, planFeed, syncStart } from '../../src/feeds/schedule.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import type { ReadPart } from '../../src/records/coverage.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 10, 21, 12, 5);
const grid = 10 * MINUTE;

function plan(over: Partial<PlanInput> = {}) {
  return planFeed({
    timing: { account: 'vp', kind: 'BET', grid, retention: 40 * DAY, openMaxAge: 30_000, edge: null },
    revisits: [10 * MINUTE, HOUR],
    since: now - 2 * HOUR,
    ledger: [],
    settlementLag: 0,
    clock: unknownClock(now),
    mustWait: () => false,
    most: 1_000,
    ...over,
  });
}

function part(fromAgo: number, toAgo: number, readAgo: number): ReadPart {
  return { from: now - fromAgo, to: now - toAgo, readAt: now - readAgo, quarantined: 0 };
}

describe('plan', () => {
  test('reads the newest first, then the oldest that is missing', () => {
    const starts = plan().windows.map((window) => (now - window.from) / MINUTE);
    expect(starts.slice(0, 4)).toEqual([5, 15, 25, 125]);
    expect(starts.at(-1)).toBe(35);
  });

  test('reads what expires soon before all else and tells how much', () => {
    const { windows, expiringMs } = plan({ since: now - 50 * DAY });
    expect(now - windows[0]!.from).toBeGreaterThan(39.9 * DAY);
    expect(expiringMs).toBeGreaterThan(0.99 * DAY);
  });

  test('tells what the provider no longer gives', () => {
    expect(plan({ since: now - 41 * DAY }).lostMs).toBeCloseTo(DAY + MINUTE, -4);
    expect(plan().lostMs).toBe(0);
  });

  test('revisits an interval once for each instant that has come, oldest first', () => {
    const ledger = [
      part(125 * MINUTE, 65 * MINUTE, 64 * MINUTE), // read before its first revisit, an hour after its end is past
      part(65 * MINUTE, 25 * MINUTE, 10 * MINUTE), // read after the first revisit, the second has not come
      part(25 * MINUTE, 5 * MINUTE, 0),
      part(5 * MINUTE, 0, 0),
    ];
    const starts = plan({ ledger }).windows.map((window) => (now - window.from) / MINUTE);
    expect(starts).toEqual([125, 115, 105, 95, 85, 75]);
  });

  test('a revisit falls due exactly so long after the end, once, by the provider’s clock', () => {
    const end = { from: now - HOUR, to: now - 10 * MINUTE };
    const dueFor = (read: Partial<ReadPart>, clock = unknownClock(now)) => {
      const ledger = [{ ...end, readAt: now, quarantined: 0, ...read }, part(10 * MINUTE, 0, 0)];
      const all = plan({ since: end.from, revisits: [10 * MINUTE], ledger, clock }).windows;
      return all.length > 0;
    };
    expect(dueFor({ providerAt: now - 1 })).toBe(true);
    expect(dueFor({ providerAt: now })).toBe(false);
    expect(dueFor({ providerAt: now - 1 }, { ...unknownClock(now), providerNow: now - 1 })).toBe(false);
  });

  test('reads again what was open when it was read, however long ago', () => {
    const ledger = [part(2 * HOUR, HOUR, HOUR - 30_000), part(HOUR, 0, 0)];
    const starts = plan({ ledger, revisits: [], settlementLag: 120_000 }).windows.map(({ from }) => from);
    expect(starts).toEqual([Math.floor((now - HOUR - 1) / grid) * grid]);
  });

  test('leaves out windows that must wait, and keeps to the size asked', () => {
    const all = plan().windows;
    const without = plan({ mustWait: (window) => window.from === all[0]!.from, most: 3 }).windows;
    expect(without).toEqual(all.slice(1, 4));
  });
});

test('filling begins as far back as the provider goes, or a day back where it states no end', () => {
  const timing = { account: 'vp', kind: 'BET', grid, openMaxAge: 30_000, edge: null } as const;
  expect(syncStart({ ...timing, retention: null }, unknownClock(now))).toBe(now - DAY);
  const start = syncStart({ ...timing, retention: 40 * DAY }, unknownClock(now));
  expect(start).toBeGreaterThanOrEqual(now - 40 * DAY);
  expect(start).toBeLessThan(now - 39.9 * DAY);
});
