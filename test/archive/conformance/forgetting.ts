import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { StoredChange } from '../../../src/archive/archive.ts';
import { BadUserInputError } from '../../../src/errors.ts';
import type { ChangePosition } from '../../../src/records/change.ts';
import { decimal, negate, sum } from '../../../src/records/decimal.ts';
import { all, bet, firstPage, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = 1_000 * DAY;

export function describeForgetting(subject: Subject): void {
  describe(`${subject.name}: versions that are not kept for ever`, () => {
    let store: Store;
    let archive: KeptArchive;
    let now = START;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open({ clock: () => now });
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    const account = 'kept';
    /** A version of some rows each, read and archived on a day. */
    const list = async (day: number, stakes: Readonly<Record<string, string>>) => {
      now = START + day * DAY;
      const rows = Object.entries(stakes).map(([key, stake]) =>
        bet(key, 500, { stake: decimal(stake), raw: `${key} ${stake}` }),
      );
      await archive.commit(read(account, { readAt: now - 1_000, rows }));
    };
    const changesAfter = (after: ChangePosition | null, since: number | null = null, limit = 1_000) =>
      archive.changes({ kinds: ['BET'], accounts: [account], players: null, after, since, limit });
    const brief = (changes: readonly StoredChange[]) =>
      changes.map(({ type, key, before, after }) => [
        type,
        key,
        before && 'stake' in before ? before.stake : null,
        after && 'stake' in after ? after.stake : null,
      ]);
    const forget = async (day: number) => {
      let forgotten = 0;
      for (let batch = 1; batch > 0; forgotten += batch) {
        batch = await archive.forget({ versionsBefore: START + day * DAY, latenessBefore: 0 });
      }
      return forgotten;
    };

    it('leave the log as whole as it was while there are none', async () => {
      expect(await archive.forget({ versionsBefore: START - DAY, latenessBefore: 0 })).toBe(0);
      expect(await changesAfter(null, START - 2 * DAY)).toEqual([]);
    });

    it('are forgotten once they were replaced so long ago, and a cursor of before is refused', async () => {
      await list(0, { a: '1', b: '1', c: '1' });
      await list(1, { a: '2' });
      await list(10, { a: '3', b: '2' });
      const whole = await changesAfter(null);
      expect(brief(whole)).toEqual([
        ['ADDED', 'a', null, '1'],
        ['ADDED', 'b', null, '1'],
        ['ADDED', 'c', null, '1'],
        ['REPLACED', 'a', '1', '2'],
        ['REPLACED', 'a', '2', '3'],
        ['REPLACED', 'b', '1', '2'],
      ]);
      expect(whole.every((change) => change.logStart === undefined)).toBe(true);
      // Nothing was replaced before the first day: no cursor expires.
      expect(await forget(0)).toBe(0);
      expect(brief(await changesAfter(whole[0] ?? null))).toHaveLength(5);

      expect(await forget(5)).toBe(1);
      expect(await archive.history('BET', { account, key: 'a' })).toMatchObject([{ record: { stake: '2' } }]);
      const left = await changesAfter(null);
      expect(brief(left)).toEqual([
        ['ADDED', 'b', null, '1'],
        ['ADDED', 'c', null, '1'],
        ['REPLACED', 'a', null, '2'],
        ['REPLACED', 'a', '2', '3'],
        ['REPLACED', 'b', '1', '2'],
      ]);
      await expect(changesAfter(whole[0] ?? null)).rejects.toThrow(BadUserInputError);
      await expect(changesAfter(whole[0] ?? null)).rejects.toThrow(
        /^after: the cursor has expired, changes since/,
      );
      await expect(changesAfter(null, START + 4 * DAY)).rejects.toThrow(/^since: changes since/);
      // What was archived since is all there.
      expect(brief(await changesAfter(whole[4] ?? null))).toEqual(brief(left).slice(4));
      expect(brief(await changesAfter(null, START + 6 * DAY))).toEqual(brief(left).slice(3));
    });

    it('leave a log that can be walked from its beginning, and adds up to the totals', async () => {
      for (const limit of [1, 2, 5]) {
        const seen: StoredChange[] = [];
        for (let page = await changesAfter(null, null, limit); page.length > 0; ) {
          seen.push(...page);
          page = await changesAfter(seen.at(-1) ?? null, null, limit);
        }
        expect(seen).toEqual(await changesAfter(null));
        const told = sum(
          decimal('0'),
          ...seen.flatMap(({ before, after }) => [
            after && 'stake' in after ? after.stake : decimal('0'),
            before && 'stake' in before ? negate(before.stake) : decimal('0'),
          ]),
        );
        const standing = await archive.page(firstPage(all('BET', [account])));
        expect(told).toBe(sum(decimal('0'), ...standing.map(({ stake }) => stake)));
      }
    });

    it('expire a walk that began before the next were forgotten', async () => {
      const [first] = await changesAfter(null);
      expect(await changesAfter(first ?? null)).toHaveLength(4);
      await list(20, { c: '2' });
      expect(await forget(15)).toBe(2);
      await expect(changesAfter(first ?? null)).rejects.toThrow(/expired/);
      const [again] = await changesAfter(null);
      expect(brief(await changesAfter(again ?? null))).toEqual([
        ['REPLACED', 'a', null, '3'],
        ['REPLACED', 'b', null, '2'],
        ['REPLACED', 'c', '1', '2'],
      ]);
    });

    it('take what was told of lateness on older days with them', async () => {
      const late = { interval: { from: START, to: START + HOUR }, readAt: START + 60_000, liveWithin: HOUR };
      await archive.commit(read('lateness', { ...late, rows: [bet('x', START + 1)] }));
      const asked = { account: 'lateness', kind: 'BET' } as const;
      await archive.forget({ versionsBefore: null, latenessBefore: START });
      expect(await archive.lateness(asked, 0)).toHaveLength(1);
      await archive.forget({ versionsBefore: null, latenessBefore: START + DAY });
      expect(await archive.lateness(asked, 0)).toEqual([]);
    });
  });
}
