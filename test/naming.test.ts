import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type App, createApp } from '../src/app.ts';
import { createPostgresArchive } from '../src/archive/postgres/index.ts';
import { readConfiguration } from '../src/commands/configuration.ts';
import { type PostgresServer, startPostgres } from './archive/postgres-server.ts';
import { createBet, createCommit, NOON } from './graph/harness.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

interface Running {
  readonly app: App;
  readonly url: string;
  readonly lines: readonly string[];
  /** Reads its file of players again, with this name in it. */
  reload(player: string): Promise<void>;
}

async function start(database: string, player: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-naming-'));
  const key = 'ab'.repeat(32);
  const account = { id: 'vp-main', provider: 'vertexplay', baseUrl: 'http://127.0.0.1:9' };
  const credentials = { agentId: 'agent', apiKey: key, secretKey: key };
  const file = join(folder, 'countroom.json');
  function read(name: string) {
    writeFileSync(join(folder, 'players.csv'), `account,username,player\nvp-main,ann,${name}\n`);
    writeFileSync(
      file,
      JSON.stringify({
        server: { port: 0 },
        archive: { url: database },
        sync: { enabled: false },
        accounts: [{ ...account, credentials }],
        players: { file: 'players.csv' },
      }),
    );
    return readConfiguration(file, { env: {}, cwd: folder });
  }
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const app = await createApp(read(player), { logger });
  onTestFinished(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { url } = await app.listen();
  return { app, url, lines, reload: (name) => app.adopt(read(name)) };
}

/** Who the bettor is, by the row as it is shown and by the filter that the database answers. */
async function namesAt({ url }: Running): Promise<readonly unknown[]> {
  const get = async (query: string) =>
    ((await (await fetch(`${url}/odata/v4/Bets${query}`)).json()) as { value: { player: string }[] }).value;
  const [shown] = await get('?$select=player');
  const totals = await get('?$apply=groupby((player))');
  return [shown?.player, ...totals.map(({ player }) => player)];
}

async function warningsAt({ url }: Running): Promise<readonly string[]> {
  const response = await fetch(`${url}/readyz`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { warnings?: readonly string[] }).warnings ?? [];
}

it('applies one file of players over all gateways, and says which gateway has another', async () => {
  const database = await server.createDatabase();
  const archive = await createPostgresArchive({ url: database, playerOf: (_account, username) => username });
  await archive.commit(createCommit('vp-main', 'BET', [createBet('b1', NOON, { providerUsername: 'ann' })]));
  await archive.close();

  const first = await start(database, 'Anna');
  expect(await namesAt(first)).toEqual(['Anna', 'Anna']);
  expect(await warningsAt(first)).toEqual([]);
  const same = await start(database, 'Anna');
  expect([...same.lines, ...(await warningsAt(same))]).toEqual([]);

  const other = await start(database, 'Annabel');
  expect(other.lines.join('')).toMatch(
    /names of version \w+ were in force; from now on all gateways apply version/,
  );
  for (const each of [first, same, other]) {
    await expect.poll(() => namesAt(each), { timeout: 10_000 }).toEqual(['Annabel', 'Annabel']);
  }
  expect(await warningsAt(other)).toEqual([]);
  for (const each of [first, same]) {
    expect(await warningsAt(each)).toEqual([
      expect.stringMatching(
        /^players: this gateway has names of version \w+, in force are those of version \w+/,
      ),
    ]);
    expect(each.lines.join('')).toContain('this gateway has names of version');
  }

  await first.reload('Annabel');
  expect(await warningsAt(first)).toEqual([]);
  await first.reload('Ann');
  for (const each of [first, same, other]) {
    await expect.poll(() => namesAt(each), { timeout: 10_000 }).toEqual(['Ann', 'Ann']);
  }
  expect(await warningsAt(other)).toHaveLength(1);
}, 120_000);
