import { describe, expect, it } from 'vitest';
import type { FeedDoubt } from '../../src/archive/archive.ts';
import { planConfirmations, startConfirmations } from '../../src/feeds/confirmations.ts';
import { doubtingOf } from '../../src/feeds/doubting.ts';
import type { FillOptions } from '../../src/feeds/filler.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import { splitAtDoubts } from '../../src/records/coverage.ts';
import type { Window } from '../../src/records/window.ts';
import { paperFeed } from './paper-provider.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = 100 * DAY;
const { feed } = paperFeed({ retention: 40 * DAY });
const { grid, confirmAfter } = feed.limits;

const doubt = (over: Partial<FeedDoubt> = {}): FeedDoubt => ({
  ...{ account: feed.account.id, kind: feed.kind, key: 'k', axisAt: NOW - DAY, state: 'CONTRADICTED' },
  ...{ listedAt: NOW - 30 * MINUTE, missedAt: NOW - 20 * MINUTE, missedReadAt: NOW - confirmAfter },
  ...{ restorations: 0, awaitsAdmin: false },
  ...over,
});
const startsOf = (...doubts: readonly FeedDoubt[]) =>
  (planConfirmations([feed], doubts, NOW).windows.get(feed) ?? []).map(({ from }) => from);

describe('a row in doubt', () => {
  it('has its window read again once it is due, and those it may have moved to', () => {
    const [listedAt, missedAt] = [NOW - 25 * MINUTE, NOW - 15 * MINUTE];
    const windows = [NOW - DAY, listedAt, missedAt].map((at) => Math.floor(at / grid) * grid);
    expect(startsOf(doubt({ listedAt, missedAt }))).toEqual(windows);
    expect(startsOf(doubt({ missedReadAt: NOW - confirmAfter + 1 }))).toEqual([]);
  });

  it('is looked at again when it falls due', () => {
    const pause = (missedReadAt: number) =>
      planConfirmations([feed], [doubt({ missedReadAt })], NOW).lookAgainMs;
    expect(pause(NOW - confirmAfter + 3_000)).toBe(3_000);
    expect(pause(NOW)).toBe(15_000);
  });

  it('waits for an admin where only one may decide, and for nobody where no read can decide any more', () => {
    const plan = planConfirmations([feed], [doubt({ awaitsAdmin: true })], NOW);
    expect([plan.windows.size, plan.awaiting]).toEqual([0, 1]);
    expect(startsOf(doubt({ axisAt: NOW - 39 * DAY - 1 }))).toEqual([]);
  });
});

it('asks of each claimed window whether the rows it was planned for are still in doubt, and reads no others', async () => {
  const [near, far] = [doubt({ key: 'near' }), doubt({ key: 'far', axisAt: NOW - 9 * DAY })];
  let held: readonly FeedDoubt[] = [near, far];
  const read: { from: number; to: number }[] = [];
  const filled = new Promise<[readonly Window[], FillOptions]>((resolve) => {
    const stop = startConfirmations({
      feeds: [feed],
      archive: {
        async doubts(_, { from, to }) {
          read.push({ from, to });
          return held.filter(({ axisAt }) => from <= axisAt && axisAt < to);
        },
      },
      filler: {
        mustWait: () => false,
        fill(_, windows, options) {
          resolve([windows, options]);
          void stop();
          return [];
        },
      },
      now: () => NOW,
      onError(error) {
        throw error;
      },
    });
  });
  const [windows, { isWanted }] = await filled;
  const windowAt = (at: number) => windows.find(({ from, to }) => from <= at && at < to)!;
  const ofRow = ({ axisAt }: FeedDoubt) => ({ from: axisAt, to: axisAt + 1 });
  const both = { from: far.axisAt, to: near.axisAt + 1 };
  read.length = 0;
  expect(await isWanted(windowAt(far.axisAt))).toBe(true);
  expect(await isWanted(windowAt(near.missedAt))).toBe(true);
  expect(read).toEqual([ofRow(far), both]);
  held = [near];
  expect(await isWanted(windowAt(far.axisAt))).toBe(false);
  expect(await isWanted(windowAt(near.axisAt))).toBe(true);
  expect(await isWanted(windowAt(near.missedAt))).toBe(true);
  held = [];
  expect(await isWanted(windowAt(near.missedAt))).toBe(false);
});

describe('what a read may contradict', () => {
  const interval = { from: NOW - DAY, to: NOW - DAY + grid };
  it('is its interval, but for a day before the provider forgets', () => {
    const clock = unknownClock(NOW);
    expect(doubtingOf(feed, interval, clock, false)?.within).toEqual(interval);
    const old = { from: NOW - 39 * DAY - MINUTE, to: NOW - 39 * DAY + MINUTE };
    expect(doubtingOf(feed, old, clock, false)?.within).toEqual({ from: NOW - 39 * DAY, to: old.to });
    expect(
      doubtingOf(feed, { from: NOW - 39 * DAY - MINUTE, to: NOW - 39 * DAY }, clock, false),
    ).toBeUndefined();
    expect(doubtingOf(feed, null, clock, false)).toBeUndefined();
  });
});

it('makes nothing final where a row is in doubt, and leaves the rest as it was', () => {
  const part = { from: 0, to: 100, readAt: 500, quarantined: 0, state: 'final' as const };
  expect(splitAtDoubts([part], [40, 40, 99, 100])).toEqual([
    { ...part, to: 40 },
    { ...part, from: 40, to: 41, state: 'held', contradicted: 2 },
    { ...part, from: 41, to: 99 },
    { ...part, from: 99, to: 100, state: 'held', contradicted: 1 },
  ]);
  expect(splitAtDoubts([part], [])).toEqual([part]);
});

it('is stopped only once the look that is under way has ended', async () => {
  let answer: (doubts: readonly FeedDoubt[]) => void = () => {};
  let stop: () => Promise<void> = async () => {};
  const asked = new Promise<void>((begun) => {
    const doubts = () => {
      begun();
      return new Promise<readonly FeedDoubt[]>((resolve) => {
        answer = resolve;
      });
    };
    stop = startConfirmations({
      feeds: [feed],
      archive: { doubts },
      filler: { mustWait: () => false, fill: () => [] },
      now: () => NOW,
      onError(error) {
        throw error;
      },
    });
  });
  await asked;
  let hasStopped = false;
  const stopping = stop().then(() => {
    hasStopped = true;
  });
  await new Promise(setImmediate);
  expect(hasStopped).toBe(false);
  answer([]);
  await stopping;
});
