import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { FeedAge, HeldSpan } from '../../../src/archive/archive.ts';
import { statesOf } from '../../../src/records/coverage.ts';
import { intersect } from '../../../src/records/interval.ts';
import { all, bet, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const age = { settlementLag: 100, finalAfter: 1_000 } as const;

export function describeLedger(subject: Subject): void {
  describe(`${subject.name}: ledger and quarantine`, () => {
    let store: Store;
    let archive: KeptArchive;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    const feed = (account: string): FeedAge => ({ account, kind: 'BET', ...age });
    const spansOf = async (account: string, range = { from: 0, to: 100_000 }) =>
      (await archive.coverage([feed(account)], range)).map(
        ({ account: _, kind: __, providerAt: ___, ...span }) => span,
      );

    it('keeps the provider’s time of a read with what later reads leave of it', async () => {
      const range = { from: 0, to: 300 };
      await archive.commit(read('times', { interval: range, readAt: 5_000, providerAt: 4_321 }));
      await archive.commit(read('times', { interval: { from: 100, to: 200 }, readAt: 6_000 }));
      const parts = await archive.ledger({ account: 'times', kind: 'BET' }, range);
      expect(parts.map(({ from, providerAt }) => [from, providerAt])).toEqual([
        [0, 4_321],
        [100, undefined],
        [200, 4_321],
      ]);
    });

    it('says what of a read is open, held and final, instant by instant', async () => {
      const interval = { from: 0, to: 1_000 };
      const told: (readonly [number, readonly (readonly [HeldSpan['state'], number, number])[]])[] = [
        [
          1_000,
          [
            ['held', 0, 900],
            ['open', 900, 1_000],
          ],
        ],
        [
          1_099,
          [
            ['final', 0, 99],
            ['held', 99, 999],
            ['open', 999, 1_000],
          ],
        ],
        [
          1_100,
          [
            ['final', 0, 100],
            ['held', 100, 1_000],
          ],
        ],
        [
          1_999,
          [
            ['final', 0, 999],
            ['held', 999, 1_000],
          ],
        ],
        [2_000, [['final', 0, 1_000]]],
      ];
      for (const [readAt, parts] of told) {
        await archive.commit(read('states', { interval, readAt }));
        const spans = parts.map(([state, from, to]) => ({ from, to, state, readAt, quarantined: 0 }));
        expect(await spansOf('states')).toEqual(spans);
      }
    });

    it('goes by the provider’s clock where it is known, however ours stands', async () => {
      const interval = { from: 0, to: 1_000 };
      await archive.commit(read('behind', { interval, readAt: 90_000, providerAt: 1_050 }));
      const [held, open] = await archive.coverage([feed('behind')], { from: 60, to: 1_000 });
      expect(held).toMatchObject({ from: 60, to: 950, state: 'held', readAt: 90_000, providerAt: 1_050 });
      expect(open).toMatchObject({ from: 950, to: 1_000, state: 'open' });
    });

    it('dates reads anew of a provider’s clock that fell back, by how long ago they were made', async () => {
      const [early, late] = [
        { from: 0, to: 1_000 },
        { from: 1_000, to: 2_000 },
      ];
      for (const interval of [early, late])
        await archive.commit(read('fallen', { interval, readAt: 9_000, providerAt: 5_000 }));
      await archive.commit(read('other', { interval: late, readAt: 9_000, providerAt: 5_000 }));
      const before = { from: -1_000, to: 0 };
      await archive.commit(read('fallen', { interval: before, readAt: 8_000, providerAt: 1_400 }));
      const fall = { fellTo: 1_400, providerNow: 1_800, now: 9_300, measures: [] };
      await archive.reopen('fallen', ['BET'], fall);
      expect((await spansOf('fallen')).map(({ from, to, state }) => [from, to, state])).toEqual([
        [0, 500, 'final'],
        [500, 1_400, 'held'],
        [1_400, 2_000, 'open'],
      ]);
      expect((await archive.ledger(feed('fallen'), before)).map(({ providerAt }) => providerAt)).toEqual([
        1_400,
      ]);
      expect((await spansOf('other')).map(({ state }) => state)).toEqual(['final']);
      // A read that was made since is none of its business.
      await archive.commit(read('fallen', { interval: late, readAt: 9_001, providerAt: 2_200 }));
      const next = { fellTo: 2_200, providerNow: 2_300, now: 9_002, measures: [] };
      await archive.reopen('fallen', ['BET'], next);
      expect((await spansOf('fallen')).map(({ to, state }) => [to, state])).toEqual([
        [500, 'final'],
        [1_000, 'held'],
        [1_200, 'final'],
        [2_000, 'held'],
      ]);
    });

    it('dates a read by a fall that came while it waited to be written, and by what was measured before it left by nothing', async () => {
      const [interval, untilAt] = [{ from: 0, to: 2_000 }, 60_000];
      const measures = [{ untilAt, leastMs: -7_200, mostMs: -7_000 }];
      const fall = { fellTo: 1_800, providerNow: 1_800, now: 9_000, measures };
      await archive.reopen('waited', ['BET'], fall);
      expect(await archive.clock('waited', 0)).toEqual(measures);
      await archive.commit(read('waited', { interval, readAt: 8_990, providerAt: 5_000 }));
      expect((await spansOf('waited')).map(({ to, state }) => [to, state])).toEqual([
        [790, 'final'],
        [1_690, 'held'],
        [2_000, 'open'],
      ]);
      // Of the fall's own answer, which says the same but for how measures are rounded; and one of a later minute.
      await archive.commit(read('waited', { interval, readAt: 9_010, providerAt: 9_010 - 7_000 }));
      expect((await archive.ledger(feed('waited'), interval))[0]?.providerAt).toBe(2_010);
      await archive.commit(read('waited', { interval, readAt: untilAt, providerAt: 59_000 }));
      expect((await archive.ledger(feed('waited'), interval))[0]?.providerAt).toBe(59_000);
    });

    it('divides every read as the arithmetic of one read does', async () => {
      let runs = 0;
      const part = fc.record({
        from: fc.nat(3_000),
        length: fc.integer({ min: 1, max: 2_000 }),
        readAt: fc.nat(6_000),
      });
      const asked = fc.record({ from: fc.nat(4_000), length: fc.integer({ min: 1, max: 4_000 }) });
      await fc.assert(
        fc.asyncProperty(part, asked, async ({ from, length, readAt }, within) => {
          runs += 1;
          const account = `divided-${runs}`;
          const range = { from: within.from, to: within.from + within.length };
          await archive.commit(read(account, { interval: { from, to: from + length }, readAt }));
          const expected = statesOf({ from, to: from + length, readAt, quarantined: 0 }, age).flatMap(
            (each) => {
              const cut = intersect(each, range);
              return cut === null ? [] : [{ ...each, ...cut }];
            },
          );
          expect(await spansOf(account, range)).toEqual(expected);
        }),
        { numRuns: 20 },
      );
    });

    it('gives touching parts of one state as one, cut to the range', async () => {
      await archive.commit(read('islands', { interval: { from: 0, to: 100 }, readAt: 5_000 }));
      await archive.commit(read('islands', { interval: { from: 100, to: 200 }, readAt: 4_000 }));
      await archive.commit(read('islands', { interval: { from: 200, to: 300 }, readAt: 310 }));
      await archive.commit(read('islands', { interval: { from: 400, to: 500 }, readAt: 5_000 }));
      expect(await spansOf('islands', { from: 50, to: 450 })).toEqual([
        { from: 50, to: 200, state: 'final', readAt: 4_000, quarantined: 0 },
        { from: 200, to: 210, state: 'held', readAt: 310, quarantined: 0 },
        { from: 210, to: 300, state: 'open', readAt: 310, quarantined: 0 },
        { from: 400, to: 450, state: 'final', readAt: 5_000, quarantined: 0 },
      ]);
      expect(await spansOf('islands', { from: 300, to: 400 })).toEqual([]);
      expect(await archive.coverage([], { from: 0, to: 10 })).toEqual([]);
    });

    it('keeps feeds apart, by account, kind and time', async () => {
      const interval = { from: 0, to: 10 };
      await archive.commit(read('feeds-b', { interval, readAt: 5_000 }));
      await archive.commit(read('feeds-a', { interval, readAt: 5_000 }));
      await archive.commit({
        ...read('feeds-a', { interval, readAt: 150 }),
        kind: 'TRANSFER',
        provider: 'hotroad',
        rows: [],
      });
      const feeds = [feed('feeds-b'), { ...feed('feeds-a'), kind: 'TRANSFER' as const }, feed('feeds-a')];
      const spans = await archive.coverage(feeds, { from: 0, to: 100 });
      expect(spans.map((span) => [span.account, span.kind, span.state])).toEqual([
        ['feeds-a', 'BET', 'final'],
        ['feeds-a', 'TRANSFER', 'held'],
        ['feeds-b', 'BET', 'final'],
      ]);
    });

    it('keeps the later of two reads of an instant, whichever comes first', async () => {
      await archive.commit(
        read('later', { interval: { from: 0, to: 100 }, readAt: 5_000, rows: [bet('b', 1)] }),
      );
      await archive.commit(read('later', { interval: { from: 50, to: 150 }, readAt: 300 }));
      await archive.commit(read('later', { interval: { from: 20, to: 30 }, readAt: 9_000 }));
      const parts = await archive.ledger({ account: 'later', kind: 'BET' }, { from: 0, to: 1_000 });
      expect(parts.map(({ from, to, readAt, rows }) => [from, to, readAt, rows])).toEqual([
        [0, 20, 5_000, null],
        [20, 30, 9_000, 0],
        [30, 100, 5_000, null],
        [100, 150, 300, null],
      ]);
    });

    it('keeps the later commit of two reads of an instant that left at one time', async () => {
      const interval = { from: 0, to: 100 };
      await archive.commit(read('tied', { interval, readAt: 500, rows: [bet('a', 1)] }));
      const [before] = await archive.ledger({ account: 'tied', kind: 'BET' }, interval);
      await archive.commit(read('tied', { interval, readAt: 500, rows: [bet('a', 1), bet('b', 2)] }));
      const after = await archive.ledger({ account: 'tied', kind: 'BET' }, interval);
      expect(after).toMatchObject([{ ...interval, readAt: 500, rows: 2 }]);
      expect(after[0]?.checksum).not.toBe(before?.checksum);
    });

    it('counts the rows of an interval and sums them up in a checksum without order', async () => {
      const rows = [bet('a', 1), bet('b', 2), bet('edge', 10)];
      const interval = { from: 0, to: 10 };
      await archive.commit(read('sums-1', { interval, rows }));
      await archive.commit(read('sums-2', { interval, rows: [...rows, bet('a', 1)].reverse() }));
      await archive.commit(read('sums-3', { interval, rows: rows.slice(1) }));
      const [one, two, three] = await Promise.all(
        ['sums-1', 'sums-2', 'sums-3'].map(
          async (account) => (await archive.ledger({ account, kind: 'BET' }, interval))[0],
        ),
      );
      expect(one?.rows).toBe(2);
      expect(two).toEqual(one);
      expect(three?.checksum).not.toBe(one?.checksum);
    });

    it('holds no interval for rows that came without one', async () => {
      await archive.commit(read('detail', { rows: [bet('b', 5)] }));
      expect(await spansOf('detail')).toEqual([]);
      expect(await archive.count(all('BET', ['detail']))).toBe(1);
    });

    it('lets a quarantined row stand alone until an admin accepts it, and never count again', async () => {
      const bad = [{ reason: 'stake: expected a number, got "x"', raw: '{"stake":"x"}' }];
      const touching = [0, 10, 20].map((from) => ({ from, to: from + 10 }));
      for (const [index, interval] of touching.entries()) {
        await archive.commit(read('bad', { interval, readAt: 5_000, quarantined: index === 1 ? bad : [] }));
      }
      const alone = (await spansOf('bad')).map(({ from, to, quarantined }) => [from, to, quarantined]);
      expect(alone).toEqual([
        [0, 10, 0],
        [10, 20, 1],
        [20, 30, 0],
      ]);
      const [row] = await archive.quarantined(['bad']);
      expect(row).toMatchObject({ ...bad[0], interval: { from: 10, to: 20 }, acceptedAt: null });

      expect(await archive.acceptQuarantined([row?.id ?? ''])).toBe(1);
      expect(await archive.acceptQuarantined([row?.id ?? ''])).toBe(0);
      expect(await spansOf('bad')).toMatchObject([{ from: 0, to: 30, quarantined: 0 }]);
      await archive.commit(read('bad', { interval: { from: 10, to: 20 }, readAt: 6_000, quarantined: bad }));
      expect(await spansOf('bad')).toMatchObject([{ from: 0, to: 30, quarantined: 0 }]);
    });

    it('forgets a quarantined row once its time is read well', async () => {
      const quarantined = [{ reason: 'no key', raw: '{}' }];
      const interval = { from: 0, to: 10 };
      await archive.commit(read('mended', { interval, readAt: 5_000, quarantined }));
      await archive.commit(read('mended', { interval, readAt: 6_000 }));
      expect(await spansOf('mended')).toMatchObject([{ quarantined: 0 }]);
      expect(await archive.quarantined(['mended'])).toEqual([]);
    });

    it('agrees, instant by instant, with the latest read of each, whatever the order of reads', async () => {
      let run = 0;
      const reads = fc.uniqueArray(
        fc.record({ from: fc.nat(40), length: fc.integer({ min: 1, max: 15 }), readAt: fc.nat(1_200) }),
        { selector: (each) => each.readAt, minLength: 1, maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(reads, async (list) => {
          run += 1;
          const account = `law-${run}`;
          const intervals = list.map(({ from, length, readAt }) => ({
            interval: { from, to: from + length },
            readAt,
          }));
          await Promise.all(intervals.map((each) => archive.commit(read(account, each))));
          const parts = await archive.ledger({ account, kind: 'BET' }, { from: 0, to: 100 });
          const spans = await spansOf(account);
          for (let at = 0; at < 60; at += 1) {
            const latest = intervals
              .filter(({ interval }) => interval.from <= at && at < interval.to)
              .reduce((most, each) => Math.max(most, each.readAt), -1);
            const held = parts.filter((part) => part.from <= at && at < part.to);
            expect(held.map((part) => part.readAt)).toEqual(latest === -1 ? [] : [latest]);
            expect(spans.filter((span) => span.from <= at && at < span.to)).toHaveLength(held.length);
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}
