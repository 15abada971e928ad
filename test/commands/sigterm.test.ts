import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fillArchive } from '../../bench/rows.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { addressOf } from '../address.ts';
import { type Built, buildCommand } from '../built.ts';
import { openHarness } from './harness.ts';

let command: Built;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

const DAY_MS = 86_400_000;
const to = Math.floor(Date.now() / 600_000) * 600_000 - 3_600_000;
const range = { from: to - 39 * DAY_MS, to };
const spelled = `{ from: "${new Date(range.from).toISOString()}", to: "${new Date(range.to).toISOString()}" }`;

interface Deployment {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolves when the provider was called. */
  readonly called: Promise<unknown>;
}

/** A gateway over some thousand held bets, or none, whose provider takes calls and answers none of them. */
async function openDeployment({ bets = 0 }: { readonly bets?: number } = {}): Promise<Deployment> {
  const provider = createServer().listen(0, '127.0.0.1');
  const calls = new Set<Socket>();
  const called = new Promise((resolve) => {
    provider.on('connection', (socket) => {
      calls.add(socket);
      socket.on('error', () => {});
      socket.once('data', resolve);
    });
  });
  await once(provider, 'listening');
  onTestFinished(() => {
    for (const socket of calls) socket.destroy();
    provider.close();
  });
  const { folder, file } = await openHarness(['vertexplay'], (config) => ({
    ...config,
    server: { port: 0, drainDelay: '0s', limits: { costPerMinute: 1_000_000_000 } },
    accounts: (config['accounts'] as object[]).map((account) => ({
      ...account,
      baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    })),
  }));
  if (bets > 0) {
    const archive = await createDuckDbArchive({
      path: `${folder}/archive.duckdb`,
      playerOf: (_, name) => name,
    });
    await fillArchive(archive, 'vertexplay-main', bets, range);
    await archive.close();
  }
  const child = spawn(process.execPath, [command.file('cli'), 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { child, url: await addressOf(child), called };
}

/** Asks as long as anybody answers, one question after the other. */
async function askOn(url: string, init?: RequestInit, once?: () => void): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(url, init);
      await answer.text();
      once?.();
    } catch {
      return;
    }
  }
}

const asking = (query: string, variables?: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables }),
});

async function terminated({ child }: Deployment): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  return ended;
}

// Each ends while its attack goes on: nobody hangs up, nothing is answered, and nobody reads.
describe('SIGTERM ends a gateway with 0', () => {
  test('while thousands of windows wait for a provider that is silent', async () => {
    const deployment = await openDeployment();
    const bets = `{ bets(filter: { range: ${spelled} }, first: 1, maxWait: "10m") { coverage { complete } } }`;
    const callers = Array.from({ length: 20 }, () => askOn(`${deployment.url}/graphql`, asking(bets)));
    await deployment.called;
    expect(await terminated(deployment)).toEqual([0, null]);
    await Promise.all(callers);
  });

  test('while routers ask for 500 players over 39 days', async () => {
    const deployment = await openDeployment();
    const representations = Array.from({ length: 500 }, (_, index) => ({
      __typename: 'Player',
      username: `p${index}`,
    }));
    const entities = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Player {
      bets(range: ${spelled}, first: 5, maxWait: "10m") { nodes { id } coverage { complete } } } } }`;
    const asked = asking(entities, { of: representations });
    const callers = Array.from({ length: 4 }, () => askOn(`${deployment.url}/graphql`, asked));
    await deployment.called;
    expect(await terminated(deployment)).toEqual([0, null]);
    await Promise.all(callers);
  });

  test('while callers ask large questions and hang up', async () => {
    const deployment = await openDeployment({ bets: 20_000 });
    let isOver = false;
    let left = 0;
    const leaver = async () => {
      while (!isOver) {
        const leaving = new AbortController();
        const sorted = fetch(`${deployment.url}/odata/v4/Bets?$orderby=stake%20desc&$top=5000`, leaving);
        setTimeout(() => leaving.abort(), 20);
        await sorted.then((answer) => answer.text()).catch(() => {});
        left += 1;
      }
    };
    const leavers = Array.from({ length: 6 }, leaver);
    await expect.poll(() => left).toBeGreaterThan(6);
    expect(await terminated(deployment)).toEqual([0, null]);
    isOver = true;
    await Promise.all(leavers);
  });

  test('while readers of exports take no byte', async () => {
    const deployment = await openDeployment({ bets: 20_000 });
    const { hostname, port } = new URL(deployment.url);
    const path = `/export/bets.ndjson?from=${new Date(range.from).toISOString()}&to=${new Date(range.to).toISOString()}&raw=true`;
    const readers = Array.from({ length: 4 }, async () => {
      const socket = connect(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {});
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`);
      // The answer has begun, and stays unread from here on.
      await once(socket, 'readable');
    });
    await Promise.all(readers);
    expect(await terminated(deployment)).toEqual([0, null]);
  });

  test('while heavy filters of OData run', async () => {
    const deployment = await openDeployment({ bets: 20_000 });
    const terms = Array.from({ length: 30 }, (_, index) => `contains(tolower(gameCode),'vp_${index}x')`);
    const filter = `${deployment.url}/odata/v4/Bets?$top=1000&$filter=${encodeURIComponent(terms.join(' or '))}`;
    let answered = 0;
    const callers = Array.from({ length: 4 }, () => askOn(filter, undefined, () => (answered += 1)));
    await expect.poll(() => answered).toBeGreaterThan(0);
    expect(await terminated(deployment)).toEqual([0, null]);
    await Promise.all(callers);
  });
});
