import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfiguration } from '../../src/commands/configuration.ts';
import { providerNamed } from '../../src/providers/list.ts';
import { providers } from '../../src/providers/registry.ts';
import type { Sandbox } from '../../src/providers/sandbox.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/host.ts';
import { createLogger } from '../../src/server/logger.ts';
import { ask, bearer, post } from './harness.ts';

const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'countroom-calls-'));
const keyOf = (name: string) => `the-key-of-${name}-for-this-test`;
const to = Math.floor((Date.now() - HOUR / 4) / HOUR) * HOUR;
const range = { from: new Date(to - HOUR).toISOString(), to: new Date(to).toISOString() };

let app: App;
let host: SandboxServer;
let boxes: Readonly<Record<string, Sandbox>>;
let url: string;

beforeAll(async () => {
  const served = (['vertexplay', 'oneapi'] as const).map((name) => providerNamed(providers, name));
  boxes = await createSandboxes(served, { minIntervalMs: 0 });
  host = await createSandboxServer({ sandboxes: boxes });
  const accounts = served.map(({ name, feeds }) => ({
    ...boxes[name]!.account,
    id: name,
    baseUrl: host.baseUrl(name),
    limits: Object.fromEntries(feeds.map(({ kind }) => [kind, { minInterval: '5ms' }])),
  }));
  const apiKeys = [
    { name: 'spare', role: 'bi', calls: '4/m' },
    { name: 'mute', role: 'viewer', calls: '0/m' },
    { name: 'boss', role: 'admin' },
  ].map((key) => ({ ...key, key: keyOf(key.name) }));
  const file = join(folder, 'countroom.json');
  const archive = { url: 'duckdb::memory:' };
  writeFileSync(
    file,
    JSON.stringify({
      server: { port: 0, limits: { cost: 2_000 } },
      archive,
      sync: { enabled: false },
      accounts,
      auth: { apiKeys },
    }),
  );
  const config = readConfiguration(file, { env: {}, cwd: folder });
  app = await createApp(config, { logger: createLogger({ level: 'silent' }) });
  ({ url } = await app.listen());
});
afterAll(async () => {
  await app.close();
  await host.close();
  rmSync(folder, { recursive: true });
});

const calls = (name: string) => boxes[name]!.calls.length;
const windows = () => boxes['vertexplay']!.calls.filter(({ interval }) => interval !== null).length;

async function bets(name: string, maxWait = '20s') {
  const query = `query ($f: BetFilter!) { bets(filter: $f, maxWait: "${maxWait}") {
    coverage { complete gaps { from to reason retryAt message } } } }`;
  const variables = { f: { range, accounts: ['vertexplay'] } };
  const { json } = await post({ url }, { query, variables }, bearer(keyOf(name)));
  return json.data.bets.coverage;
}

describe('calls of a key', () => {
  test('end in gaps that name the limit, not in an error, and are another key’s no matter', async () => {
    expect(await bets('mute')).toMatchObject({
      gaps: [{ ...range, reason: 'RATE_LIMITED', retryAt: null, message: expect.stringContaining('0/m') }],
    });
    expect(await bets('boss', '0s')).toMatchObject({ gaps: [{ ...range, reason: 'PENDING' }] });
    expect(calls('vertexplay')).toBe(0);
    const { gaps } = await bets('spare');
    expect(windows()).toBe(4);
    expect(gaps).toMatchObject([{ from: range.from, reason: 'RATE_LIMITED', retryAt: expect.any(String) }]);
    expect(await bets('boss')).toEqual({ complete: true, gaps: [] });
    expect(windows()).toBe(6);
    const { text } = await ask(`${url}/metrics`, { headers: bearer(keyOf('boss')) });
    expect(text).toContain('countroom_key_provider_calls_total{key="spare"} 4\n');
    expect(text).toContain('countroom_key_provider_calls_total{key="boss"} 2\n');
  });

  test('are refused beforehand where an operation would begin more windows than its cost may be', async () => {
    const asked = calls('vertexplay');
    const days = { from: new Date(to - 30 * 24 * HOUR).toISOString(), to: range.to };
    const costs = async (maxWait: string, asking: object) => {
      const query = `query ($f: BetFilter!) { a: bets(filter: $f, first: 1, maxWait: "${maxWait}") { totalCount }
        b: bets(filter: $f, first: 1, maxWait: "${maxWait}") { totalCount } }`;
      const { json } = await post(
        { url },
        { query, variables: { f: { range: asking, accounts: ['vertexplay'] } } },
        bearer(keyOf('boss')),
      );
      return json.errors?.[0].extensions ?? json.extensions.cost;
    };
    const held = await costs('1s', range);
    expect(await costs('0s', days)).toBe(held);
    // Thirty days of ten minutes each, but for the hour that is held.
    expect(await costs('1s', days)).toMatchObject({
      code: 'QUERY_LIMIT_EXCEEDED',
      limit: 'cost',
      found: held + 30 * 144 - 6,
    });
    expect(calls('vertexplay')).toBe(asked);
  });

  test('count what is looked up, and what was not found is not looked up again', async () => {
    const look = async (name: string, id: string) => {
      const query = `{ betByProviderId(account: "oneapi", providerBetId: "${id}", near: "${range.from}") { id } }`;
      const { json } = await post({ url }, query, bearer(keyOf(name)));
      expect(json).toMatchObject({ data: { betByProviderId: null } });
      expect(json.errors).toBeUndefined();
      return (json.extensions.notices ?? []).map(({ code }: { code: string }) => code);
    };
    expect(await look('mute', '6561626364656667686970ff')).toEqual(['DETAIL_RATE_LIMITED']);
    expect(calls('oneapi')).toBe(0);
    expect(await look('boss', '6561626364656667686970ff')).toEqual([]);
    const asked = calls('oneapi');
    expect(asked).toBeGreaterThan(0);
    expect(await look('boss', '6561626364656667686970ff')).toEqual([]);
    expect(await look('mute', '6561626364656667686970ff')).toEqual([]);
    expect(calls('oneapi')).toBe(asked);
  });
});
