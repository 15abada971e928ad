import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { PageQuery } from '../../../src/records/query.ts';
import { all, bet, firstPage, read } from './sample.ts';
import type { Store, Subject } from './store.ts';

const PLAYERS = ['ann', 'bob', 'cat', 'dan'];
const ROWS = 60;

export function describePlayerPages(subject: Subject): void {
  describe(`${subject.name}: pages of many players, and columns`, () => {
    let store: Store;
    let archive: KeptArchive;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
      for (const account of ['one', 'two']) {
        const rows = Array.from({ length: ROWS }, (_, at) =>
          bet(`${account}-${at}`, at % 17, {
            providerUsername: PLAYERS[at % 3] ?? '',
            placedAt: at % 4 === 0 ? null : (at * 5) % 13,
            gameCode: `game-${at % 2}`,
          }),
        );
        await archive.commit(read(account, { rows }));
      }
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    it('gives every player the page that a query for that player alone has', async () => {
      const base = { ...all('BET', ['one', 'two']), range: { from: 2, to: 15 } };
      const place = { at: 8, account: 'one', key: 'one-25' };
      const pages: readonly (PageQuery & { readonly kind: 'BET' })[] = [
        { ...firstPage(base), limit: 7 },
        { ...firstPage(base), limit: 7, end: 'last' },
        { ...firstPage(base), limit: 3, after: place },
        { ...firstPage(base), limit: 3, end: 'last', before: place },
        { ...firstPage(base), limit: 5, axis: 'PLACED' },
        { ...firstPage(base), where: { op: 'in', column: 'gameCode', values: ['game-1', 'game-9'] } },
        { ...firstPage(base), limit: 0 },
      ];
      for (const query of pages) {
        const found = await archive.playerPages({ ...query, players: PLAYERS });
        for (const player of PLAYERS) {
          const alone = await archive.page({ ...query, players: [player] });
          expect(found.get(player) ?? []).toEqual(alone);
        }
        expect(found.has('dan')).toBe(false);
      }
    });

    it('reads the columns asked for and no other', async () => {
      const query = { ...firstPage(all('BET', ['one'])), limit: 5 };
      const whole = await archive.page(query);
      for (const axis of ['SETTLED', 'PLACED'] as const) {
        const [first] = await archive.page({ ...query, axis, columns: ['stake', 'status'] });
        expect(Object.keys(first ?? {})).toEqual(
          expect.arrayContaining(['account', 'key', 'stake', 'status']),
        );
        expect('placedAt' in { ...first }).toBe(axis === 'PLACED');
        expect(() => first?.raw).toThrow('BET: raw was not among the columns asked for');
      }
      const some = await archive.page({ ...query, columns: ['raw', 'stake', 'odds', 'archivedAt'] });
      expect(some.map(({ key, raw, stake, odds }) => ({ key, raw, stake, odds }))).toEqual(
        whole.map(({ key, raw, stake, odds }) => ({ key, raw, stake, odds })),
      );
    });

    it('asks for one of hundreds of values as for one of two', async () => {
      const many = Array.from({ length: 300 }, (_, at) => `game-${at + 1}`);
      const accounts = ['one', ...Array.from({ length: 200 }, (_, at) => `none-${at}`)];
      const query = {
        ...all('BET', accounts),
        where: { op: 'in', column: 'gameCode', values: many },
      } as const;
      expect(await archive.count(query)).toBe(ROWS / 2);
      expect(await archive.count({ ...query, players: [...PLAYERS, ...many] })).toBe(ROWS / 2);
      expect(await archive.count({ ...query, where: { op: 'not', of: query.where } })).toBe(ROWS / 2);
    });
  });
}
