import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confirmAfterOf,
  type Doubt,
  type Evidence,
  judge,
  type LookedAt,
} from '../../src/records/contradiction.ts';

const MINUTE = 60_000;
const row = (key: string, axisAt = 500): LookedAt => ({ key, axisAt });
const rows = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => row(`r${from + index}`));

function evidence(over: Partial<Evidence>): Evidence {
  return {
    doubting: {
      within: { from: 0, to: 1_000 },
      settlementLag: 100,
      confirmAfter: 10 * MINUTE,
      byAdmin: false,
    },
    readAt: 100_000,
    providerAt: 100_000,
    listed: rows(1, 90),
    unlisted: [],
    doubts: new Map(),
    listedAtOf: () => 50_000,
    holds: () => true,
    isProvenByNeighbour: false,
    ...over,
  };
}

const doubt = (over: Partial<Doubt> = {}): Doubt => ({
  key: 'r0',
  axisAt: 500,
  state: 'CONTRADICTED',
  listedAt: 50_000,
  missedAt: 100_000,
  missedReadAt: 100_000,
  restorations: 0,
  awaitsAdmin: false,
  ...over,
});
const known = (...doubts: readonly Doubt[]) => new Map(doubts.map((each) => [each.key, each]));
const nothing = { doubts: [], cleared: [], withdraw: [], restore: [] };

describe('a read that does not list a row', () => {
  it('contradicts it, where it still lists another', () => {
    expect(judge(evidence({ unlisted: [row('r0')] }))).toEqual({ ...nothing, doubts: [doubt()] });
  });

  it('says nothing where it is empty or lists strangers alone, unless a neighbour proves that it could see', () => {
    const blind = { listed: [], unlisted: [row('r0')], doubts: known(doubt()), readAt: 10_000_000 };
    expect(judge(evidence(blind))).toEqual(nothing);
    expect(judge(evidence({ ...blind, isProvenByNeighbour: true })).withdraw).toEqual(['r0']);
  });

  it('says nothing outside of where it may contradict', () => {
    expect(judge(evidence({ unlisted: [row('r0', 1_000), row('r1', -1)] }))).toEqual(nothing);
  });

  it('withdraws it once `confirmAfter` has passed since it was first missed, not a millisecond sooner', () => {
    const at = (readAt: number) =>
      judge(evidence({ unlisted: [row('r0')], doubts: known(doubt()), readAt, providerAt: readAt }));
    expect(at(100_000 + 10 * MINUTE - 1)).toEqual(nothing);
    expect(at(100_000 + 10 * MINUTE)).toEqual({
      ...nothing,
      doubts: [doubt({ state: 'WITHDRAWN' })],
      withdraw: ['r0'],
    });
  });

  it('withdraws nothing while the feed does not hold where it may have moved to', () => {
    const asked: unknown[] = [];
    const holds: Evidence['holds'] = (span) => {
      asked.push(span);
      return false;
    };
    const readAt = 100_000 + 10 * MINUTE;
    expect(judge(evidence({ unlisted: [row('r0')], doubts: known(doubt()), readAt, holds }))).toEqual(
      nothing,
    );
    expect(asked).toEqual([{ from: 50_000 - 100, to: 100_000 }]);
  });

  it('leaves it to an admin where more than half of at least ten vanish at once', () => {
    const awaits = (listed: number, unlisted: number) =>
      judge(evidence({ listed: rows(listed, 100), unlisted: rows(unlisted) })).doubts[0]?.awaitsAdmin;
    expect([awaits(9, 10), awaits(10, 10), awaits(1, 9), awaits(1, 10)]).toEqual([true, false, false, true]);
    const readAt = 100_000 + 10 * MINUTE;
    const waiting = { unlisted: [row('r0')], doubts: known(doubt({ awaitsAdmin: true })), readAt };
    expect(judge(evidence(waiting))).toEqual(nothing);
    const byAdmin = { ...evidence({}).doubting, byAdmin: true };
    expect(judge(evidence({ ...waiting, doubting: byAdmin })).withdraw).toEqual(['r0']);
  });

  it('waits twice as long after each restoration, a day at most, and for an admin after three', () => {
    expect(
      [0, 1, 2, 20].map((restorations) => confirmAfterOf({ restorations }, 10 * MINUTE) / MINUTE),
    ).toEqual([10, 20, 40, 1_440]);
    const again = (restorations: number) =>
      judge(evidence({ unlisted: [row('r0')], doubts: known(doubt({ state: 'RESTORED', restorations })) }))
        .doubts[0];
    expect(again(2)).toMatchObject({ state: 'CONTRADICTED', restorations: 2, awaitsAdmin: false });
    expect(again(3)).toMatchObject({ state: 'CONTRADICTED', restorations: 3, awaitsAdmin: true });
  });
});

describe('a read that lists a row again', () => {
  it('ends the doubt, and restores what was withdrawn', () => {
    const listed = [row('r0')];
    expect(judge(evidence({ listed, doubts: known(doubt()), readAt: 200_000 }))).toEqual({
      ...nothing,
      cleared: ['r0'],
    });
    expect(
      judge(evidence({ listed, doubts: known(doubt({ state: 'WITHDRAWN' })), readAt: 200_000 })),
    ).toEqual({
      ...nothing,
      doubts: [doubt({ state: 'RESTORED', restorations: 1 })],
      restore: ['r0'],
    });
  });

  it('ends no doubt that is younger than itself', () => {
    const old = { listed: [row('r0')], readAt: 100_000 };
    expect(judge(evidence({ ...old, doubts: known(doubt()) }))).toEqual(nothing);
    expect(judge(evidence({ ...old, doubts: known(doubt({ state: 'WITHDRAWN' })) }))).toEqual(nothing);
  });
});

it('never withdraws on fewer than two reads `confirmAfter` apart, whatever comes', () => {
  const read = fc.record({
    lists: fc.boolean(),
    empty: fc.boolean(),
    after: fc.integer({ min: 1, max: 15 }),
  });
  fc.assert(
    fc.property(fc.array(read, { maxLength: 40 }), (reads) => {
      let at = 100_000;
      let state: Doubt | undefined;
      let [missedSince, isWithdrawn]: [number | null, boolean] = [null, false];
      for (const { lists, empty, after } of reads) {
        at += after * MINUTE;
        const isListed = lists && !empty;
        const listed = empty ? [] : [row('other'), ...(isListed ? [row('r0')] : [])];
        const unlisted = isListed || isWithdrawn ? [] : [row('r0')];
        const before = state;
        const found = judge(
          evidence({
            listed,
            unlisted,
            readAt: at,
            providerAt: at,
            doubts: known(...(before ? [before] : [])),
          }),
        );
        for (const each of found.doubts) state = each;
        if (found.cleared.length > 0) state = undefined;
        if (found.withdraw.length > 0) {
          expect(missedSince).not.toBeNull();
          expect(at - (missedSince ?? at)).toBeGreaterThanOrEqual(10 * MINUTE);
          isWithdrawn = true;
        }
        if (isListed) {
          expect(found.restore).toEqual(isWithdrawn ? ['r0'] : []);
          [missedSince, isWithdrawn] = [null, false];
        } else if (!empty) missedSince ??= at;
      }
    }),
  );
});
