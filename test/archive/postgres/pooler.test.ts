import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPostgresArchive } from '../../../src/archive/postgres/index.ts';
import { refusePooler } from '../../../src/archive/postgres/pooler.ts';
import { UsageError } from '../../../src/errors.ts';
import { all, bet, read } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { type PoolerOptions, startSmallPooler } from './small-pooler.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function behind<T>(options: PoolerOptions, work: (url: string) => Promise<T>): Promise<T> {
  const url = await server.createDatabase();
  const pooler = await startSmallPooler(url, options);
  try {
    return await work(pooler.through(url));
  } finally {
    await pooler.close();
  }
}

it.each([1, 6])(
  'refuses a pooler that lends %i connections by the transaction, and says what to do',
  (size) =>
    behind({ mode: 'transaction', size }, async (url) => {
      const refused = createPostgresArchive({ url, playerOf: sameName });
      await expect(refused).rejects.toBeInstanceOf(UsageError);
      await expect(refused).rejects.toThrow(
        /pool_mode = transaction is the likely reason: give it pool_mode/,
      );
    }),
);

it('refuses a pooler that has fewer connections than a gateway uses, instead of waiting for more', () =>
  behind({ mode: 'session', size: 3 }, async (url) => {
    await expect(refusePooler(url)).rejects.toThrow(
      /expected at least \d+ connections .* got 3 .*default_pool_size/,
    );
  }));

it('works through one that lends connections by the session, for two gateways at once', () =>
  behind({ mode: 'session', size: 40 }, async (url) => {
    const archives = await Promise.all([1, 2].map(() => createPostgresArchive({ url, playerOf: sameName })));
    const commits = archives.flatMap((archive, gateway) =>
      Array.from({ length: 10 }, (_, index) =>
        archive.commit(
          read(`account-${gateway}`, {
            interval: { from: index, to: index + 1 },
            rows: [bet(`${index}`, index)],
          }),
        ),
      ),
    );
    await Promise.all(commits);
    expect(await archives[0]?.count(all('BET', ['account-0', 'account-1']))).toBe(20);
    await Promise.all(archives.map((archive) => archive.close()));
  }));

it('lets the database itself be used, whatever its number of connections', async () => {
  await refusePooler(await server.createDatabase());
});
