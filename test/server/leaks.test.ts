import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfiguration } from '../../src/commands/configuration.ts';
import { providerNamed } from '../../src/providers/list.ts';
import { providers } from '../../src/providers/registry.ts';
import type { Sandbox } from '../../src/providers/sandbox.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { type FaultName, faults } from '../../src/sandbox/faults.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/host.ts';
import { createLogger } from '../../src/server/logger.ts';
import { type Answer, ask, basic, bearer, post } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const keys = {
  admin: 'canary-admin-5b1f0e77',
  bi: 'canary-bi-77c2d9e0451',
  unknown: 'canary-unknown-3e8a41',
};
const pseudonymKey = 'canary-pseudonyms-9d04fa';
const jwt = ['eyJhbGciOiJFUzI1NiJ9', 'eyJjYW5hcnkiOiJqd3QifQ', 'canary-signature-of-a-token'].join('.');

// Those after which an account is called no more come last, each at a gateway of its own.
const stopping: readonly FaultName[] = ['unauthorized', 'forbidden'];
// They differ from another by how much they send or how slowly, not by what is said of them.
const slow: readonly FaultName[] = ['hang', 'hangMidBody', 'drip', 'hugeBody', 'gzipBomb'];
const passing = (Object.keys(faults) as FaultName[]).filter((name) => ![...stopping, ...slow].includes(name));

let folder: string;
let gateways = 0;
const secrets = new Set<string>([...Object.values(keys), pseudonymKey, jwt]);
const said: string[] = [];

/** Everything a credential travels in, as our requests carry it and providers answer it. */
function watch(sandbox: Sandbox): Sandbox {
  const credentials = Object.entries(sandbox.account['credentials'] as Readonly<Record<string, unknown>>);
  for (const [name, value] of credentials) {
    if (/key|secret|password/i.test(name)) secrets.add(String(value));
  }
  const note = (text: string) => {
    for (const [, value = ''] of text.matchAll(
      /"(?:signature|sign|token|accessToken|cipherText)":"([^"]{8,})"/gi,
    )) {
      secrets.add(value);
    }
  };
  return {
    ...sandbox,
    handle(request) {
      for (const [name, value = ''] of Object.entries(request.headers)) {
        if (/authorization|signature|token|api-?key|secret/i.test(name)) {
          secrets.add(value);
          secrets.add(value.replace(/^\w+ /, ''));
        }
      }
      note(request.body);
      const reply = sandbox.handle(request);
      note(reply.body);
      return reply;
    },
  };
}

async function live(
  injected: readonly FaultName[],
  speak: (url: string) => Promise<void> = askEverything,
  change: (account: object) => object = (account) => account,
) {
  const boxes = await createSandboxes(providers, { minIntervalMs: 20 });
  const hosted = Object.fromEntries(Object.entries(boxes).map(([name, box]) => [name, watch(box)]));
  const host: SandboxServer = await createSandboxServer({ sandboxes: hosted });
  gateways += 1;
  const file = join(folder, `countroom-${gateways}.json`);
  const limits = { minInterval: '20ms', timeout: '30s', maxAttempts: 2 };
  const accounts = Object.entries(hosted).map(([name, { account }]) =>
    change({ id: `${name}-main`, baseUrl: host.baseUrl(name), ...account, limits: limitsOf(name, limits) }),
  );
  const apiKeys = [
    { name: 'admin', key: keys.admin, role: 'admin' },
    { name: 'bi', key: keys.bi, role: 'bi', accounts: ['vertexplay-main'] },
  ];
  const auth = { apiKeys, pseudonymKey };
  writeFileSync(
    file,
    JSON.stringify({
      server: { port: 0 },
      archive: { url: 'duckdb::memory:' },
      sync: { enabled: false },
      accounts,
      auth,
    }),
  );
  const config = readConfiguration(file, { env: {}, cwd: folder });
  // Without the values to strike out: nothing is to be said in the first place.
  const logger = createLogger({ level: 'trace', to: { write: (line) => said.push(line) } });
  const app = await createApp(config, { logger });
  try {
    const { url } = await app.listen();
    for (const name of Object.keys(hosted)) for (const fault of injected) host.inject(name, fault);
    await speak(url);
  } finally {
    await app.close();
    await host.close();
  }
}

function limitsOf(provider: string, limits: object): object {
  return Object.fromEntries(providerNamed(providers, provider).feeds.map(({ kind }) => [kind, limits]));
}

const to = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * MINUTE;
const range = { from: new Date(to - HOUR / 2).toISOString(), to: new Date(to).toISOString() };

async function hear(answer: Promise<Answer>): Promise<void> {
  const { headers, text } = await answer;
  said.push(JSON.stringify(headers), text);
}

async function askEverything(url: string): Promise<void> {
  const query = `query Everything($b: BetFilter!, $t: TransferFilter!, $s: SeqNoFailureFilter!) {
    bets(filter: $b, first: 5, maxWait: "5s") { nodes { id raw } coverage { gaps { reason message } } }
    transfers(filter: $t, first: 5, maxWait: "5s") { nodes { id raw } coverage { gaps { reason message } } }
    seqNoFailures(filter: $s, first: 5, maxWait: "5s") { nodes { id raw } coverage { gaps { reason message } } }
  }`;
  const variables = { b: { range }, t: { range }, s: { range } };
  await hear(post({ url }, { query, variables }, bearer(keys.admin)));
  const health = `query ($r: TimeRange!) {
    accounts { id feeds { health { state message } coverage(range: $r) { gaps { reason message } } } }
  }`;
  await hear(post({ url }, { query: health, variables: { r: range } }, bearer(keys.admin)));
  await hear(ask(`${url}/metrics`, { headers: bearer(keys.admin) }));
}

async function knockOnEveryDoor(url: string): Promise<void> {
  await askEverything(url);
  const search = `from=${range.from}&to=${range.to}&raw=true`;
  const paths = ['/', '/explorer', '/metrics', '/graphql', '/readyz', '/nothing', '/console/console.js'];
  const exports = [
    `/export/bets.ndjson?${search}`,
    '/export/bets.csv?from=x',
    '/odata/v4/Bets',
    '/odata/v4/Nothing',
  ];
  for (const key of [keys.admin, keys.bi]) {
    for (const wrong of ['{', '{ nothing }', '{ bets }', '{ node(id: "x") { id } }']) {
      await hear(post({ url }, wrong, basic(key)));
    }
    for (const path of [...paths, ...exports]) {
      await hear(ask(url + path, { headers: { ...bearer(key), accept: 'text/html' } }));
    }
    const headers = { 'content-type': 'text/plain', ...bearer(key) };
    await hear(ask(`${url}/graphql`, { method: 'POST', headers, body: 'x' }));
  }
  for (const headers of [bearer(keys.unknown), basic(keys.unknown), bearer(jwt)]) {
    await hear(post({ url }, '{ accounts { id } }', headers));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countroom-leaks-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('secrets', () => {
  test('are in no answer, log line, metric or page, whatever fails', async () => {
    const wrong = (account: object) => ({
      ...account,
      credentials: spoilt((account as Sandbox['account'])['credentials']),
    });
    const eights = Array.from({ length: Math.ceil(passing.length / 8) }, (_, at) =>
      passing.slice(at * 8, at * 8 + 8),
    );
    await Promise.all([
      live([], knockOnEveryDoor),
      ...[...eights, ...stopping.map((fault) => [fault])].map((injected) => live(injected)),
      live([], askEverything, wrong),
    ]);
    const heard = said.join('\n');
    const found = [...secrets].filter((secret) => formsOf(secret).some((form) => heard.includes(form)));
    expect(found).toEqual([]);
    expect(secrets.size).toBeGreaterThan(20);
    expect(heard).toContain('CREDENTIALS_REFUSED');
    expect(heard).toContain('PROVIDER_ERROR');
  });

  test('are in no fault of the configuration either', () => {
    const file = join(folder, 'countroom-1.json');
    const content = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...content, auth: { ...content.auth, unknownSetting: 1 } }));
    const message = messageOf(() => readConfiguration(file, { env: {}, cwd: folder }));
    expect(message).toContain('unknownSetting');
    expect([...secrets].filter((secret) => message.includes(secret))).toEqual([]);
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    return String(error);
  }
}

/** As the provider will not take them: whatever is secret has one character more or other. */
function spoilt(credentials: unknown): object {
  return Object.fromEntries(
    Object.entries(credentials as Readonly<Record<string, unknown>>).map(([name, value]) => [
      name,
      typeof value === 'string' && /secret|password/i.test(name) ? `${value}x` : value,
    ]),
  );
}

function formsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
  ];
}
