import { describe, expect, it } from 'vitest';
import { all, bet, failure, firstPage, read, transfer } from './sample.ts';
import type { Subject } from './store.ts';

export function describeNames(subject: Subject): void {
  describe(`${subject.name}: players`, () => {
    it('knows every username ever seen by the name the operator gives it', async () => {
      const store = await subject.createStore();
      const playerOf = (account: string, username: string) =>
        account === 'hrg' ? username.replace(/^hrgpl/, '') : username;
      const archive = await store.open({ playerOf });
      await archive.commit(
        read('hrg', {
          rows: [
            bet('1', 1, { providerUsername: 'hrgplann' }),
            bet('2', 2, { providerUsername: 'hrgplbob' }),
          ],
        }),
      );
      await archive.commit(read('vp', { rows: [bet('3', 3, { providerUsername: 'ann' })] }));
      await archive.commit(
        read('vp', { rows: [bet('4', 4, { providerUsername: 'ann' })], readAt: 2_000_000 }),
      );

      expect(await archive.usernames(['ann'])).toEqual([
        { account: 'hrg', username: 'hrgplann', player: 'ann' },
        { account: 'vp', username: 'ann', player: 'ann' },
      ]);
      expect(await archive.usernames(null)).toHaveLength(3);
      expect(await archive.usernames([])).toEqual([]);
      const anywhere = { accounts: ['hrg', 'vp'], prefix: '', after: null, limit: null };
      expect(await archive.players(anywhere)).toEqual(['ann', 'bob']);
      expect(await archive.players({ ...anywhere, accounts: ['vp'] })).toEqual(['ann']);
      expect(await archive.players({ ...anywhere, accounts: [] })).toEqual([]);
      expect(await archive.players({ ...anywhere, prefix: 'b' })).toEqual(['bob']);
      expect(await archive.players({ ...anywhere, limit: 1 })).toEqual(['ann']);
      expect(await archive.players({ ...anywhere, after: 'ann' })).toEqual(['bob']);
      expect(await archive.countPlayers(anywhere)).toBe(2);
      expect(await archive.countPlayers({ ...anywhere, prefix: '%' })).toBe(0);
      const query = { ...all('BET', ['hrg', 'vp']), players: ['ann'] };
      expect((await archive.page(firstPage(query))).map((row) => row.key)).toEqual(['4', '3', '1']);
      expect(await archive.count({ ...query, players: [] })).toBe(0);
      expect(await archive.count({ ...query, accounts: ['hrg'] })).toBe(1);
      await archive.close();
      await store.drop();
    });

    it('knows a username once however many commits bring it at once', async () => {
      const store = await subject.createStore();
      const archive = await store.open();
      const rest = { account: 'a', provider: 'hotroad', interval: null, readAt: 1, quarantined: [] } as const;
      await Promise.all([
        archive.commit(read('a', { rows: [bet('1', 1)] })),
        archive.commit({ ...rest, kind: 'TRANSFER', rows: [transfer('1', 1)] }),
        archive.commit({ ...rest, kind: 'SEQ_NO_FAILURE', rows: [failure('1', 1)] }),
      ]);
      expect(await archive.usernames(null)).toEqual([
        { account: 'a', username: 'player1', player: 'player1' },
      ]);
      await archive.close();
      await store.drop();
    });

    it('lists players in the order of their bytes, whatever their letters', async () => {
      const store = await subject.createStore();
      const archive = await store.open({ playerOf: (_, username) => username });
      const names = ['b', 'B', 'á', 'a_1', 'a%', 'a', '世'];
      const rows = names.map((providerUsername, at) => bet(`${at}`, at, { providerUsername }));
      await archive.commit(read('vp', { rows }));
      const query = { accounts: ['vp'], prefix: '', after: null, limit: null };
      const sorted = ['B', 'a', 'a%', 'a_1', 'b', 'á', '世'];
      expect(await archive.players(query)).toEqual(sorted);
      expect(await archive.players({ ...query, after: 'b', limit: 1 })).toEqual(['á']);
      expect(await archive.players({ ...query, prefix: 'a_' })).toEqual(['a_1']);
      expect(await archive.players({ ...query, prefix: 'a%' })).toEqual(['a%']);
      await archive.close();
      await store.drop();
    });

    it('follows an edit of the names at the next start without rewriting a row', async () => {
      const store = await subject.createStore({ durable: true });
      const first = await store.open({ playerOf: (_, username) => username });
      await first.commit(read('a', { rows: [bet('1', 1, { providerUsername: 'x' })] }));
      const before = await first.page(firstPage(all('BET', ['a'])));
      await first.close();
      const second = await store.open({ playerOf: () => 'renamed' });
      expect(await second.usernames(['renamed'])).toEqual([
        { account: 'a', username: 'x', player: 'renamed' },
      ]);
      expect(await second.page(firstPage({ ...all('BET', ['a']), players: ['renamed'] }))).toEqual(before);
      expect(await second.usernames(['x'])).toEqual([]);
      await second.close();
      await store.drop();
    });
  });
}
