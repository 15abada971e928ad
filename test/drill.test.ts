import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../src/app.ts';
import { readConfiguration } from '../src/commands/configuration.ts';
import { announce } from '../src/commands/running.ts';
import { status } from '../src/commands/status.ts';
import { createLogger } from '../src/server/logger.ts';
import { createWorld, openHarness } from './commands/harness.ts';

/** Longer than four providers take to be noticed, and to be read again; how long that is, is what reliability.md tells. */
const MINUTE = 60_000;

/** Four providers that fail in four ways under sync, as docs/drill.md has it. */
async function openDrill() {
  const since = new Date(Date.now() - 30 * MINUTE).toISOString();
  const { file, folder, host } = await openHarness(
    ['ebet', 'vertexplay', 'hotroad', 'oneapi'],
    (content) => ({
      ...content,
      sync: { since },
      accounts: (content['accounts'] as { limits?: Record<string, object> }[]).map((account) => ({
        ...account,
        limits: Object.fromEntries(
          Object.entries(account.limits ?? {}).map(([kind, limits]) => [kind, { ...limits, timeout: '1s' }]),
        ),
      })),
    }),
  );
  host.inject('ebet', 'badGateway', Number.POSITIVE_INFINITY);
  host.inject('vertexplay', 'unauthorized', Number.POSITIVE_INFINITY);
  host.inject('hotroad', 'hang', Number.POSITIVE_INFINITY);
  host.inject('oneapi', 'html', Number.POSITIVE_INFINITY);
  const config = readConfiguration(file, { env: {}, cwd: folder });
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', to: { write: (line) => lines.push(line) } });
  const app = await createApp(config, { logger });
  onTestFinished(() => app.close());
  const { url } = await app.listen();
  onTestFinished(await announce(config, { url, key: null }));
  return {
    host,
    log: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    /** What `countroom status --json` prints. */
    async status() {
      const io = createWorld();
      expect(await status({ config, json: true, watch: false, io })).toBe(0);
      return JSON.parse(io.out()) as {
        account: string;
        state: string;
        message: string | null;
        missingMs: number;
      }[];
    },
    graphql: (query: string) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      }),
  };
}

const accounts = ['ebet-main', 'vertexplay-main', 'hotroad-main', 'oneapi-main'];

test('each of four causes is told by the log alone, by metrics alone and by status alone; mended, all is green and said to be', async () => {
  const drill = await openDrill();
  const states = async () => {
    const feeds = await drill.status();
    return accounts.map((id) => feeds.filter(({ account }) => account === id).map(({ state }) => state));
  };
  await expect
    .poll(states, { timeout: MINUTE, interval: 500 })
    .toEqual([['FAILING'], ['STOPPED'], ['FAILING', 'FAILING'], ['FAILING']]);

  const lastOf = (id: string) =>
    drill
      .log()
      .findLast(({ account, outcome }) => account === id && outcome !== undefined && outcome !== 'ok');
  expect(lastOf('ebet-main')).toMatchObject({ status: 502, upstreamCode: 'HTTP 502' });
  expect(lastOf('vertexplay-main')).toMatchObject({ status: 401, outcome: 'stopAccount' });
  expect(lastOf('hotroad-main')).toMatchObject({ status: null, upstreamCode: 'TIMEOUT' });
  expect(lastOf('oneapi-main')).toMatchObject({ status: 200, said: expect.stringContaining('<html') });

  const series = await drill.metrics();
  const counted = (account: string, cause: string) =>
    new RegExp(
      `countroom_upstream_retries_total\\{account="${account}",operation="[^"]+",cause="${cause}"\\} [1-9]`,
    );
  expect(series).toMatch(counted('ebet-main', 'status'));
  expect(series).toMatch(counted('hotroad-main', 'timeout'));
  expect(series).toMatch(counted('oneapi-main', 'body'));
  expect(series).toContain('countroom_feed_state{account="vertexplay-main",kind="BET",state="STOPPED"} 1');

  const told = new Map((await drill.status()).map(({ account, message }) => [account, message]));
  expect(told.get('ebet-main')).toMatch(/expected HTTP 200, got 502/);
  expect(told.get('vertexplay-main')).toMatch(/got 401/);
  expect(told.get('hotroad-main')).toMatch(/expected an answer within 1000 ms, got none/);
  expect(told.get('oneapi-main')).toMatch(/JSON/);

  for (const name of ['ebet', 'vertexplay', 'hotroad', 'oneapi']) drill.host.heal(name);
  await drill.graphql('mutation { resumeAccount(id: "vertexplay-main") { id } }');
  await expect
    .poll(states, { timeout: MINUTE, interval: 500 })
    .toEqual([['OK'], ['OK'], ['OK', 'OK'], ['OK']]);
  const recovered = drill
    .log()
    .filter(({ msg }) => /answers again after/.test(String(msg)))
    .map(({ account }) => account);
  expect([...new Set(recovered)].sort()).toEqual(accounts.toSorted());
  await expect
    .poll(async () => (await drill.status()).every(({ missingMs }) => missingMs < 10 * MINUTE), {
      timeout: MINUTE,
      interval: 500,
    })
    .toBe(true);
}, 200_000);
