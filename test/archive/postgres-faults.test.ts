import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../../src/archive/postgres/database.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { all, bet, firstPage, read } from './conformance/sample.ts';
import { createPostgresStore } from './postgres/store.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ largestFileMb: 17 });
});
afterAll(() => server.stop());

const plain = { name: 'test', connections: 2, statementMs: 10_000, idleMs: 10_000, patienceMs: 5_000 };

describe('a PostgreSQL that fails', () => {
  it('heals by itself when it is started anew in mid-work, and has every row once', async () => {
    const store = await createPostgresStore(server);
    const [archive, other] = [await store.open(), await store.open()];
    const committed: number[] = [];
    other.leases.onCommitted((_, { from }) => committed.push(from));
    await other.leases.acquire({ account: 'a', kind: 'BET' }, null);
    const rows = (turn: number) =>
      Array.from({ length: 50 }, (_, index) => bet(`${turn}-${index}`, turn * 100 + index));
    const commit = (turn: number) =>
      archive.commit(
        read(`account-${turn % 5}`, {
          interval: { from: turn * 100, to: turn * 100 + 100 },
          rows: rows(turn),
          readAt: 1_000 + turn,
        }),
      );
    const before = Array.from({ length: 20 }, (_, turn) => commit(turn));
    await before[2];
    const restarted = server.restart();
    const during = Array.from({ length: 20 }, (_, turn) => commit(20 + turn));
    await Promise.all([restarted, ...before, ...during]);
    const accounts = [0, 1, 2, 3, 4].map((each) => `account-${each}`);
    expect(await archive.count(all('BET', accounts))).toBe(40 * 50);
    expect(
      await archive.totals({
        ...all('BET', accounts),
        groupBy: [],
        periods: null,
        countPlayers: false,
        countRounds: true,
      }),
    ).toMatchObject([{ count: 2_000 }]);
    for (const account of accounts) {
      expect(await archive.ledger({ account, kind: 'BET' }, { from: 0, to: 10_000 })).toHaveLength(8);
    }
    // News come in again as well.
    const heard = committed.length;
    for (let turn = 40; committed.length === heard; turn += 1) await commit(turn);
    await Promise.all([archive.close(), other.close()]);
    await store.drop();
  });

  it('rolls back when the disk is full, says so, and goes on when there is room', async () => {
    const store = await createPostgresStore(server);
    const archive = await store.open();
    const interval = { from: 0, to: 10 };
    // More than the largest file there may be, and not to be compressed.
    const noise = () => randomBytes(3_000).toString('base64');
    const many = Array.from({ length: 6_000 }, (_, index) => bet(`k${index}`, index % 10, { raw: noise() }));
    await archive.commit(read('full', { interval, readAt: 100, rows: [bet('first', 1)] }));
    await expect(archive.commit(read('full', { interval, readAt: 200, rows: many }))).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
      message: expect.stringContaining('the disk is full, nothing of this was written'),
    });
    expect(archive.heartbeat.trouble()).toMatchObject({
      reason: expect.stringContaining('the disk is full'),
      readable: true,
    });
    expect(await archive.count(all('BET', ['full']))).toBe(1);
    expect(await archive.ledger({ account: 'full', kind: 'BET' }, interval)).toMatchObject([{ readAt: 100 }]);
    await archive.commit(read('full', { interval, readAt: 300, rows: many.slice(0, 10) }));
    expect(await archive.count(all('BET', ['full']))).toBe(11);
    await archive.close();
    await store.drop();
  });

  it('says what is wrong in one line, and never the password', async () => {
    const url = await server.createDatabase();
    const reasons: [string, RegExp][] = [
      [url.replace(/\d+\/archive/, '1/archive'), /^archive 127\.0\.0\.1:1\/archive.*it cannot be reached/],
      [`${url}x`, /does not exist: create it first/],
      [url.replace('postgres@', 'nobody:hidden@'), /the database refused the user or password/],
    ];
    for (const [wrong, reason] of reasons) {
      const refused = createPostgresArchive({ url: wrong, playerOf: (_, name) => name });
      await expect(refused).rejects.toMatchObject({
        code: 'ARCHIVE_UNAVAILABLE',
        message: expect.stringMatching(reason),
      });
      await expect(refused).rejects.not.toThrow(/hidden/);
    }
  });

  it('does conflicting work again, and not for ever', async () => {
    const url = await server.createDatabase();
    const database = createDatabase({ ...plain, url, patienceMs: 600_000 });
    const hasty = createDatabase({ ...plain, url, patienceMs: 300 });
    let tries = 0;
    const deadlock = "DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$";
    const third = database.transaction(async (client) => {
      tries += 1;
      await client.query(tries < 3 ? deadlock : 'SELECT 1');
      return tries;
    });
    expect(await third).toBe(3);
    await expect(hasty.use((client) => client.query(deadlock))).rejects.toThrow(/deadlock/);
    await Promise.all([database.close(), hasty.close()]);
  });

  it('gives up a statement that takes too long, and goes on', async () => {
    const url = await server.createDatabase();
    const database = createDatabase({ ...plain, url, connections: 1, statementMs: 50 });
    const sleep = { text: 'SELECT pg_sleep(5)::text', values: [] };
    await expect(database.read(sleep)).rejects.toThrow(/took longer than a statement may/);
    expect(await database.read({ text: "SELECT 'well'", values: [] })).toEqual([['well']]);
    await database.close();
  });

  it('lets go of the connection of a stream that is left, and of all when it closes', async () => {
    const store = await createPostgresStore(server);
    const archive = await store.open();
    const rows = Array.from({ length: 2_500 }, (_, index) => bet(`k${index}`, index));
    await archive.commit(read('stream', { rows }));
    const query = all('BET', ['stream']);
    // More often than there are connections for streams.
    for (let turn = 0; turn < 5; turn += 1) {
      for await (const batch of archive.stream(query)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
    }
    const open = archive.stream(query)[Symbol.asyncIterator]();
    await open.next();
    await archive.close();
    await expect(open.next()).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
    await expect(archive.page(firstPage(query))).rejects.toThrow(/closed/);
    await store.drop();
  });
});
