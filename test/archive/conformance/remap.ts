import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import { ArchiveError } from '../../../src/errors.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { Bet } from '../../../src/records/record.ts';
import { all, bet, firstPage, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const SPAN = { from: 0, to: 1_000 };

export function describeRemapping(subject: Subject): void {
  describe(`${subject.name}: rows that options read in another way`, () => {
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

    async function createAccount(rows: readonly Bet[]) {
      accounts += 1;
      const account = `mapped-${accounts}`;
      const commit = (readAt: number, listed: readonly Bet[]) =>
        archive.commit(read(account, { interval: SPAN, readAt, rows: listed }));
      await commit(10_000, rows);
      const remap = (changed: Readonly<Record<string, Bet>>) =>
        archive.remap({
          ...{ account, provider: 'vertexplay', kind: 'BET' },
          rows: Object.entries(changed).map(([key, record]) => ({ key, record })),
        });
      const changes = async () =>
        (
          await archive.changes({
            ...{ kinds: ['BET'], accounts: [account], players: null },
            ...{ since: null, after: null, limit: 100 },
          })
        ).map(({ type, cause, key, before, after }) => [
          type,
          cause,
          key,
          before && 'netWin' in before ? before.netWin : null,
          after && 'netWin' in after ? after.netWin : null,
        ]);
      const rowsOf = () => archive.page(firstPage(all('BET', [account])));
      const total = async () => {
        const groups = { groupBy: [], periods: null, countPlayers: false, countRounds: false } as const;
        const [row] = await archive.totals({ ...all('BET', [account], SPAN), ...groups });
        return [row?.count, row?.sums.netWin];
      };
      return { account, commit, remap, changes, rowsOf, total };
    }

    it('are replaced with the configuration as the cause, and a later read finds them as they are', async () => {
      const { account, commit, remap, changes, rowsOf, total } = await createAccount([
        bet('a', 500),
        bet('b', 600),
      ]);
      const other = bet('a', 500, { netWin: decimal('-8.00'), raw: bet('a', 500).raw });
      expect(await remap({ a: other })).toBe(1);
      expect(await changes()).toEqual([
        ['ADDED', 'PROVIDER', 'a', null, '-10.00'],
        ['ADDED', 'PROVIDER', 'b', null, '-10.00'],
        ['REPLACED', 'CONFIGURATION', 'a', '-10.00', '-8.00'],
      ]);
      expect(await total()).toEqual([2, '-18.00']);
      const [b, a] = await rowsOf();
      expect([a?.firstArchivedAt === b?.archivedAt, a?.vanishedAt]).toEqual([true, null]);
      expect((await archive.versions('BET', [{ account, key: 'a' }])).map(({ netWin }) => netWin)).toEqual([
        '-10.00',
      ]);
      expect(await commit(20_000 + Date.now(), [other, bet('b', 600)])).toMatchObject({
        ...{ inserted: 0, changed: 0, vanished: 0 },
      });
      expect(await changes()).toHaveLength(3);
    });

    it('keep answering to an old key, and are found under the new one from then on', async () => {
      const { account, commit, remap, changes, total } = await createAccount([
        bet('bet-1', 500, { transferId: 'transfer-1', formerKey: 'transfer-1' }),
      ]);
      const { raw } = bet('bet-1', 500, { transferId: 'transfer-1', formerKey: 'transfer-1' });
      const other = bet('transfer-1', 500, { transferId: 'transfer-1', raw, formerKey: null });
      expect(await remap({ 'bet-1': other })).toBe(1);
      expect(await changes()).toEqual(
        [
          ['REPLACED', 'CONFIGURATION', 'transfer-1', '-10.00', '-10.00'],
          ['ADDED', 'PROVIDER', 'bet-1', null, '-10.00'],
        ].reverse(),
      );
      expect(await total()).toEqual([1, '-10.00']);
      const found = await archive.byKeys('BET', [{ account, key: 'transfer-1' }]);
      expect(found.map(({ key }) => key)).toEqual(['transfer-1']);
      expect(await commit(20_000 + Date.now(), [other])).toMatchObject({ inserted: 0, changed: 0 });
      // And back again.
      const before = bet('bet-1', 500, { transferId: 'transfer-1', formerKey: 'transfer-1', raw });
      expect(await remap({ 'transfer-1': before })).toBe(1);
      expect(await total()).toEqual([1, '-10.00']);
      expect(await commit(30_000 + Date.now(), [before])).toMatchObject({ inserted: 0, changed: 0 });
    });

    it('are left as they are where two would be one, all of the batch', async () => {
      const { remap, changes, total } = await createAccount([bet('a', 500), bet('b', 600), bet('c', 700)]);
      const same = bet('same', 500);
      await expect(remap({ a: same, b: same })).rejects.toThrow(ArchiveError);
      await expect(remap({ a: bet('a', 500, { netWin: decimal('1') }), b: bet('c', 600) })).rejects.toThrow(
        /rows b and another would both be c/,
      );
      expect(await changes()).toHaveLength(3);
      expect(await total()).toEqual([3, '-30.00']);
    });

    it('are not touched while they are withdrawn or gone', async () => {
      const { account, remap, total } = await createAccount([bet('a', 500), bet('b', 600)]);
      const doubting = { within: SPAN, settlementLag: 0, confirmAfter: 1_000, byAdmin: false };
      const look = (readAt: number) =>
        archive.commit(
          read(account, {
            ...{ interval: SPAN, readAt, providerAt: readAt, doubting, rows: [bet('a', 500)] },
          }),
        );
      await archive.commit(
        read(account, { interval: { from: SPAN.to, to: 60_000 }, readAt: 70_000, providerAt: 70_000 }),
      );
      await look(20_000);
      await look(30_000);
      expect(await total()).toEqual([1, '-10.00']);
      const other = (key: string) => bet(key, 600, { netWin: decimal('5') });
      expect(await remap({ b: other('b'), unknown: other('unknown') })).toBe(0);
      expect(await total()).toEqual([1, '-10.00']);
    });

    it('remember by which options, and that a remap is under way', async () => {
      const mapping = { account: 'one', options: '{"options":{"a":true}}', isUnderWay: false };
      await archive.writeMapping(mapping);
      await archive.writeMapping({ ...mapping, account: 'two' });
      await archive.writeMapping({ ...mapping, isUnderWay: true });
      expect(await archive.mappings()).toEqual([
        { ...mapping, isUnderWay: true },
        { ...mapping, account: 'two' },
      ]);
    });

    it('hold nothing any more once their ledger was forgotten', async () => {
      const { account } = await createAccount([bet('a', 500)]);
      const feed = { account, kind: 'BET' } as const;
      expect(await archive.ledger(feed, SPAN)).toHaveLength(1);
      await archive.forgetLedger(feed);
      expect(await archive.ledger(feed, SPAN)).toEqual([]);
      const age = { ...feed, settlementLag: 0, finalAfter: 0 };
      expect(await archive.coverage([age], SPAN)).toEqual([]);
    });
  });
}
