import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresArchive } from '../../../src/archive/postgres/index.ts';
import { all, bet, firstPage, read } from '../conformance/sample.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { createPostgresStore, type PostgresStore } from './store.ts';

export function describeMisfits(server: () => PostgresServer): void {
  describe('PostgreSQL: rows it cannot hold', () => {
    let store: PostgresStore;
    let archive: PostgresArchive;
    beforeAll(async () => {
      store = await createPostgresStore(server());
      archive = await store.open();
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    it.each([
      ['a NUL', { gameCode: 'a\0b' }, 'gameCode'],
      ['half a surrogate pair', { providerUsername: '\uD83D' }, 'providerUsername'],
      ['a key too long for an index', { key: 'k'.repeat(3_000) }, 'key'],
      ['a time beyond its years', { placedAt: Date.UTC(12_000, 0, 1) }, 'placedAt'],
    ])('sets aside a row with %s and keeps the others', async (_, over, field) => {
      const account = `misfit ${field}`;
      const interval = { from: 0, to: 10 };
      const rows = [bet('good', 1), bet('bad', 2, { raw: '{"n":1}', ...over })];
      expect(await archive.commit(read(account, { interval, rows }))).toMatchObject({ inserted: 1 });
      const [waiting] = await archive.quarantined([account]);
      expect(waiting).toMatchObject({
        reason: expect.stringContaining(`${field}: expected`),
        raw: '{"n":1}',
      });
      expect(await archive.ledger({ account, kind: 'BET' }, interval)).toMatchObject([{ quarantined: 1 }]);
    });

    it('finds nothing under a key with NUL and refuses to compare with it', async () => {
      expect(await archive.byKeys('BET', [{ account: 'a', key: 'b\0' }])).toEqual([]);
      const query = { ...all('BET', ['a']), players: ['x\0'] };
      await expect(archive.page(firstPage(query))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });
}
