import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { Commit, StoredChange } from '../../../src/archive/archive.ts';
import { decimal, negate, sum } from '../../../src/records/decimal.ts';
import { all, bet, firstPage, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const SPAN = { from: 0, to: 1_000 };
const CONFIRM = 600_000;

export function describeWithdrawals(subject: Subject): void {
  describe(`${subject.name}: rows that are no longer listed, and changes`, () => {
    let store: Store;
    let archive: KeptArchive;
    let accounts = 0;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    /** A feed of its own, read whole as often as a test likes; times of reads are provider times as well. */
    function createFeed() {
      accounts += 1;
      const account = `voids-${accounts}`;
      const look = (readAt: number, keys: readonly string[], over: Partial<Commit<'BET'>> = {}) =>
        archive.commit(
          read(account, {
            interval: SPAN,
            readAt,
            providerAt: readAt,
            rows: keys.map((key) => bet(key, 500)),
            doubting: { within: SPAN, settlementLag: 100, confirmAfter: CONFIRM, byAdmin: false },
            ...over,
          }),
        );
      /** Holds everything else up to a time, so that nothing can have moved there unseen. */
      const holdUntil = (to: number) =>
        archive.commit(
          read(account, { interval: { from: SPAN.to, to }, readAt: to + 1_000, providerAt: to + 1_000 }),
        );
      const keysOf = async (withdrawn?: 'include' | 'only') =>
        (await archive.page(firstPage({ ...all('BET', [account]), withdrawn }))).map(({ key }) => key).sort();
      const changesOf = (over: Partial<Parameters<KeptArchive['changes']>[0]> = {}) =>
        archive.changes({
          ...{ kinds: ['BET', 'TRANSFER', 'SEQ_NO_FAILURE'], accounts: [account], players: null },
          ...{ since: null, after: null, limit: 1_000, ...over },
        });
      const countOf = (over: Partial<Parameters<KeptArchive['countChanges']>[0]> = {}) =>
        archive.countChanges({
          ...{ kinds: ['BET', 'TRANSFER', 'SEQ_NO_FAILURE'], accounts: [account], players: null },
          ...{ since: null, after: null, before: null, ...over },
        });
      const doubtsOf = () => archive.doubts([account], { from: 0, to: 10_000 });
      return { account, look, holdUntil, keysOf, changesOf, countOf, doubtsOf };
    }
    const brief = (changes: readonly StoredChange[]) =>
      changes.map(({ type, key, before, after }) => [
        type,
        key,
        before?.raw === undefined,
        after?.raw === undefined,
      ]);

    it('are contradicted first, withdrawn by a second read, and restored when they are listed again', async () => {
      const { account, look, holdUntil, keysOf, changesOf, countOf, doubtsOf } = createFeed();
      await look(10_000, ['a', 'b']);
      await look(20_000, ['a']);
      expect(await keysOf()).toEqual(['a', 'b']);
      expect(await doubtsOf()).toMatchObject([
        {
          account,
          kind: 'BET',
          key: 'b',
          axisAt: 500,
          missedAt: 20_000,
          listedAt: 10_000,
          awaitsAdmin: false,
        },
      ]);
      await holdUntil(30_000);
      await look(20_000 + CONFIRM - 1, ['a']);
      expect(await keysOf()).toEqual(['a', 'b']);
      await look(20_000 + CONFIRM, ['a']);
      expect([await keysOf(), await keysOf('include'), await keysOf('only')]).toEqual([
        ['a'],
        ['a', 'b'],
        ['b'],
      ]);
      expect(await archive.count(all('BET', [account]))).toBe(1);
      expect(await doubtsOf()).toEqual([]);
      const totals = async () => {
        const groups = { groupBy: [], periods: null, countPlayers: false, countRounds: false } as const;
        return (await archive.totals({ ...all('BET', [account], SPAN), ...groups }))[0];
      };
      expect(await totals()).toMatchObject({ count: 1, sums: { stake: '10.00' } });
      const [withdrawn] = await archive.byKeys('BET', [{ account, key: 'b' }]);
      expect(withdrawn?.withdrawnAt).toBe(withdrawn?.archivedAt);
      expect(withdrawn?.firstArchivedAt).toBeLessThan(withdrawn?.archivedAt ?? 0);

      await look(30_000 + CONFIRM, ['a', 'b']);
      expect(await keysOf()).toEqual(['a', 'b']);
      expect(await totals()).toMatchObject({ count: 2, sums: { stake: '20.00' } });
      expect(brief(await changesOf())).toEqual([
        ['ADDED', 'a', true, false],
        ['ADDED', 'b', true, false],
        ['WITHDRAWN', 'b', false, true],
        ['RESTORED', 'b', true, false],
      ]);

      const log = await changesOf();
      const [, , third] = log;
      expect(await countOf()).toBe(4);
      expect(await countOf({ kinds: ['TRANSFER'] })).toBe(0);
      expect(await countOf({ accounts: [] })).toBe(0);
      expect(await countOf({ after: log[1] })).toBe(2);
      expect(await countOf({ since: third?.at })).toBe(2);
      expect(await countOf({ before: third?.at })).toBe(2);
      expect(await countOf({ players: ['nobody'] })).toBe(0);
    });

    it('are restored as they are listed then, in one change', async () => {
      const { look, holdUntil, changesOf } = createFeed();
      await look(10_000, ['a', 'b']);
      await look(20_000, ['a']);
      await holdUntil(30_000);
      await look(20_000 + CONFIRM, ['a']);
      const other = bet('b', 500, { stake: decimal('7'), raw: 'other' });
      await look(30_000 + CONFIRM, [], { rows: [bet('a', 500), other] });
      const last = (await changesOf()).at(-1);
      expect(last).toMatchObject({
        type: 'RESTORED',
        key: 'b',
        before: null,
        after: { raw: 'other', stake: '7' },
      });
    });

    it('count as listed where they are set aside under keys that could be read', async () => {
      const { look, holdUntil, keysOf, doubtsOf } = createFeed();
      const aside = (key: string) => ({ quarantined: [{ reason: 'amount: too long', raw: '{}', key }] });
      await look(10_000, ['a', 'b', 'c']);
      await look(20_000, ['a', 'c']);
      expect((await doubtsOf()).map(({ key }) => key)).toEqual(['b']);
      // Cannot be read, but is there: and by that the provider shows that it could list the others.
      await look(21_000, [], aside('b'));
      expect((await doubtsOf()).map(({ key }) => key)).toEqual(['a', 'c']);
      await holdUntil(30_000);
      await look(21_000 + CONFIRM, ['b'], aside('c'));
      expect(await keysOf('only')).toEqual(['a']);
      // What was withdrawn stands again only by a row that can be read.
      await look(22_000 + CONFIRM, ['b', 'c'], aside('a'));
      expect(await keysOf('only')).toEqual(['a']);
    });

    it('stand while the read is empty, holds rows nobody can read, or may not contradict there', async () => {
      const { look, holdUntil, keysOf, doubtsOf } = createFeed();
      await look(10_000, ['a', 'b']);
      await look(20_000, []);
      await look(21_000, ['a'], { quarantined: [{ reason: 'unreadable', raw: '{}' }] });
      await look(22_000, ['a'], { doubting: undefined });
      expect(await doubtsOf()).toEqual([]);
      await look(23_000, ['a'], { quarantined: [{ reason: 'too long', raw: '{}', key: 'b' }] });
      expect(await doubtsOf()).toEqual([]);
      await look(24_000, ['a']);
      await holdUntil(30_000);
      await look(24_000 + CONFIRM, []);
      expect(await keysOf()).toEqual(['a', 'b']);
    });

    it('stand until the feed holds where they may have moved to', async () => {
      const { account, look, holdUntil, keysOf } = createFeed();
      await look(10_000, ['a', 'b']);
      await look(20_000, ['a']);
      await look(20_000 + CONFIRM, ['a']);
      expect(await keysOf()).toEqual(['a', 'b']);
      // Read, but open at its end: it may have moved there and not be listed yet.
      const interval = { from: SPAN.to, to: 20_000 };
      await archive.commit(read(account, { interval, readAt: 20_050, providerAt: 20_050 }));
      await look(20_500 + CONFIRM, ['a']);
      expect(await keysOf()).toEqual(['a', 'b']);
      await holdUntil(20_000);
      await look(21_000 + CONFIRM, ['a']);
      expect(await keysOf()).toEqual(['a']);
    });

    it('are told once each, whatever the pages, with what was before and after', async () => {
      const { account, look, changesOf } = createFeed();
      const keys = Array.from({ length: 25 }, (_, index) => `k${String(index).padStart(2, '0')}`);
      await look(10_000, keys);
      const stakes = keys.map((key, index) =>
        bet(key, 500, { stake: decimal(String(index)), raw: `v2 ${key}` }),
      );
      await look(20_000, [], { rows: stakes });
      const whole = await changesOf();
      expect(whole).toHaveLength(50);
      const last = whole.at(-1);
      expect(last).toMatchObject({
        type: 'REPLACED',
        before: { stake: '10.00' },
        after: { stake: '24' },
        account,
      });
      for (const limit of [1, 7, 25, 26]) {
        const seen: StoredChange[] = [];
        for (let page = await changesOf({ limit }); page.length > 0; ) {
          seen.push(...page);
          page = await changesOf({ limit, after: seen.at(-1) ?? null });
        }
        expect(seen).toEqual(whole);
      }
      const since = whole[25]?.at ?? null;
      expect(await changesOf({ since })).toEqual(whole.slice(25));
    });

    it('add up: at every place the sums of after less before are the totals then', async () => {
      const round = fc.record({
        listed: fc.subarray(['a', 'b', 'c', 'd']),
        stake: fc.integer({ min: 1, max: 9 }),
        after: fc.constantFrom(1_000, CONFIRM, 2 * CONFIRM),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 8 }), async (rounds) => {
          const { account, look, holdUntil, changesOf } = createFeed();
          let at = 10_000;
          for (const { listed, stake, after } of rounds) {
            at += after;
            await holdUntil(at);
            await look(at + 2_000, [], {
              rows: listed.map((key) =>
                bet(key, 500, { stake: decimal(String(stake)), raw: `${key} ${stake}` }),
              ),
            });
            const changes = await changesOf();
            const told = sum(
              ...changes.flatMap(({ before, after: then }) => [
                then !== null && 'stake' in then ? then.stake : decimal('0'),
                before !== null && 'stake' in before ? negate(before.stake) : decimal('0'),
              ]),
            );
            const standing = await archive.page(firstPage(all('BET', [account])));
            expect(told).toBe(sum(decimal('0'), ...standing.map((row) => row.stake)));
          }
        }),
        { numRuns: 25 },
      );
    });
  });
}
