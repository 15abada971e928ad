import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from '../../../src/archive/archive.ts';
import type { PostgresArchive } from '../../../src/archive/postgres/index.ts';
import { newsOf, readNews } from '../../../src/archive/postgres/news.ts';
import { read } from '../conformance/sample.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { createPostgresStore, type PostgresStore } from './store.ts';

const strangers = [
  'hello',
  '{}',
  'null',
  '[]',
  '{"owner":"x"}',
  '{"owner":"x","item":{"topic":"released"}}',
  '{"owner":"x","item":{"topic":"committed","account":"vp","kind":"NOPE","from":0,"to":1}}',
  '['.repeat(3_900),
];

describe('the news of other processes', () => {
  it('are read as they were told', () => {
    const item = { topic: 'committed', account: 'vp', kind: 'BET', from: 0, to: 5 } as const;
    expect(readNews(newsOf('one', item)[1])).toEqual({ owner: 'one', item });
  });

  it('are null where the message is none of ours, whatever it is', () => {
    for (const payload of strangers) expect(readNews(payload)).toBeNull();
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (payload) => readNews(payload) === null));
  });
});

describe('the channel at the database', () => {
  let server: PostgresServer;
  let store: PostgresStore;
  let archives: readonly PostgresArchive[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    store = await createPostgresStore(server);
    archives = [await store.open(), await store.open()];
  });
  afterAll(async () => {
    await Promise.all(archives.map((archive) => archive.close()));
    await server.stop();
  });

  it('is open to any role that may connect: what cannot be read is counted, and the rest goes on', async () => {
    const [sender, listener] = archives;
    const heard = new Promise<string>((resolve) => {
      listener?.leases.onCommitted(({ account }) => resolve(account));
    });
    await listener?.leases.acquire({ account: 'vp', kind: 'BET' }, null);
    for (const payload of ['', ...strangers]) {
      await server.run(`NOTIFY countroom, ${pg.escapeLiteral(payload)}`, store.url);
    }
    await sender?.commit(read('heard', { interval: { from: 5, to: 9 } }));
    expect(await heard).toBe('heard');
    // Notifications come in the order of their commits.
    expect(listener?.leases.unreadable()).toBe(strangers.length + 1);
  });

  it('tells the other processes which account an admin has paused, and not the one that says so', async () => {
    const [sender, listener] = archives;
    const own: Order[] = [];
    sender?.orders.onOrder((order) => own.push(order));
    const heard = new Promise<Order>((resolve) => listener?.orders.onOrder(resolve));
    // It listens already: leases were asked for.
    await listener?.leases.acquire({ account: 'vp', kind: 'TRANSFER' }, null);
    await sender?.orders.tell({ account: 'vp', asked: false });
    expect(await heard).toEqual({ account: 'vp', asked: false });
    expect(own).toEqual([]);
  });

  it('obeys no order that only a message tells of, nor an old one again', async () => {
    const [sender, listener] = archives;
    const heard: Order[] = [];
    listener?.orders.onOrder((order) => heard.push(order));
    await listener?.leases.acquire({ account: 'vp', kind: 'SEQ_NO_FAILURE' }, null);
    await sender?.orders.tell({ account: 'old', asked: false });
    await expect.poll(() => heard).toEqual([{ account: 'old', asked: false }]);
    await server.run("UPDATE orders SET at = at - interval '1 hour'", store.url);
    for (const account of ['never ordered', 'old']) {
      const item = { topic: 'ordered', account, asked: false };
      await server.run(
        `NOTIFY countroom, ${pg.escapeLiteral(JSON.stringify({ owner: 'a stranger', item }))}`,
        store.url,
      );
    }
    await sender?.orders.tell({ account: 'new', asked: true });
    // Told in the order of their commits, and read one after the other.
    await expect.poll(() => heard.at(-1)).toEqual({ account: 'new', asked: true });
    expect(heard).toHaveLength(2);
  });
});
