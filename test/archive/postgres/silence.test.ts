import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { createDatabase } from '../../../src/archive/postgres/database.ts';
import { createPostgresArchive } from '../../../src/archive/postgres/index.ts';
import { createLines } from '../../../src/archive/postgres/lines.ts';
import { all, bet, read } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { startSilentProxy } from './silent-proxy.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** An empty database, and a way to it that can fall silent. */
async function open({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const url = await server.createDatabase();
  const proxy = await startSilentProxy(Number(new URL(url).port));
  onTestFinished(() => proxy.close());
  return { url, proxy };
}

const plain = { name: 'test', connections: 1, statementMs: 60_000, idleMs: 60_000, patienceMs: 0 };

// They wait for limits to pass, and together they wait once.
describe.concurrent('a connection whose peer falls silent', () => {
  it('is ended once the server knows nothing of its statement, and not while it is at work', async (context) => {
    const { url, proxy } = await open(context);
    let now = 0;
    const lines = createLines(() => now);
    const database = createDatabase({ ...plain, url: proxy.through(url), lines });
    let pid = 0;
    const frozen = database.use(async (client) => {
      pid = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
      proxy.freeze();
      await client.query('SELECT 1');
    });
    const gone = expect(frozen).rejects.toThrow(/it cannot be reached/);
    while (pid === 0) await new Promise(setImmediate);
    const asked: (readonly number[])[] = [];
    const look = (atWork: readonly number[]) =>
      lines.endSilent(async (pids) => {
        asked.push(pids);
        return new Set(atWork);
      });
    await look([]);
    expect(asked).toEqual([]);
    now += 5_000;
    await look([pid]);
    expect(asked).toEqual([[pid]]);
    await look([]);
    await gone;
    await look([]);
    expect(asked).toHaveLength(2);
    await database.close();
  });

  it('is not waited for beyond a client’s own limit', async (context) => {
    const { url, proxy } = await open(context);
    const database = createDatabase({ ...plain, url: proxy.through(url), limitMs: 1_000 });
    await database.read({ text: "SELECT 'well'", values: [] });
    proxy.freeze();
    await expect(database.read({ text: "SELECT 'lost'", values: [] })).rejects.toThrow(/no answer came/);
    expect(await database.read({ text: "SELECT 'well'", values: [] })).toEqual([['well']]);
    await database.close();
  });

  it('keeps no close waiting', async (context) => {
    const { url, proxy } = await open(context);
    const database = createDatabase({ ...plain, url: proxy.through(url) });
    let isLent = () => {};
    const lent = new Promise<void>((resolve) => {
      isLent = resolve;
    });
    const stuck = database.use(async (client) => {
      proxy.freeze();
      isLent();
      await client.query('SELECT 1');
    });
    const ended = expect(stuck).rejects.toThrow();
    await lent;
    await database.close();
    await ended;
  });
});

describe.concurrent('an archive whose database falls silent', () => {
  it('goes on by itself over new connections, and loses nothing', async (context) => {
    const { url, proxy } = await open(context);
    const archive = await createPostgresArchive({ url: proxy.through(url), playerOf: sameName });
    const commit = (key: string, readAt: number) =>
      archive.commit(read('vp', { interval: { from: 0, to: 9 }, readAt, rows: [bet(key, 1)] }));
    await commit('before', 1);
    expect(proxy.freeze()).toBeGreaterThan(0);
    await commit('after', 2);
    expect(await archive.count(all('BET', ['vp']))).toBe(2);
    await archive.close();
  });

  it('says that it is out of reach where nobody answers at all, reads at once, and closes', async (context) => {
    const { url, proxy } = await open(context);
    const archive = await createPostgresArchive({ url: proxy.through(url), playerOf: sameName });
    await archive.count(all('BET', ['vp']));
    const { heartbeat } = archive;
    proxy.isSilent = true;
    proxy.freeze();
    await expect(archive.count(all('BET', ['vp']))).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
    expect(heartbeat.trouble()).toMatchObject({ readable: false });
    await expect(archive.count(all('BET', ['vp']))).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
    await archive.close();
  });
});

describe.concurrent('the leases of a process whose session has ended', () => {
  const feed = { account: 'vp', kind: 'BET' } as const;

  it('are given back and told, and those of one that lives are not', async (context) => {
    const { url } = await open(context);
    const archive = await createPostgresArchive({ url, playerOf: sameName });
    const lease = await archive.leases.acquire(feed, { from: 0, to: 10 });
    const released = new Promise<number | null>((resolve) => {
      archive.leases.onReleased((_, from) => resolve(from));
    });
    await server.run(
      `INSERT INTO leases (account, kind, window_from, owner, token, until)
      VALUES ('vp', 'BET', 10, 'session of one who died', 0, 'infinity')`,
      url,
    );
    expect(await archive.leases.acquire(feed, { from: 10, to: 20 })).toBeNull();
    expect(await released).toBe(10);
    expect(await archive.leases.acquire(feed, { from: 10, to: 20 })).not.toBeNull();
    expect(await lease?.renew()).toBe(true);
    await archive.close();
  });
});
