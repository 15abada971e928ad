import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { providerNamed } from '../src/providers/list.ts';
import { providers } from '../src/providers/registry.ts';
import type { Sandbox } from '../src/providers/sandbox.ts';
import type { ProviderName } from '../src/records/record.ts';
import { createSandboxes } from '../src/sandbox/create.ts';
import { createSandboxServer } from '../src/sandbox/host.ts';
import { type Built, buildCommand } from './built.ts';

const HOUR = 3_600_000;
let command: Built;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Deployment {
  readonly boxes: Readonly<Record<string, Sandbox>>;
  readonly file: string;
  /** Starts a gateway with these settings of `server`. */
  serve(settings?: object): Promise<{ child: ChildProcess; ask: <T>(query: string) => Promise<T> }>;
}

/** Sandboxes, and as many gateways on one archive file as a test starts. */
async function openDeployment(names: readonly ProviderName[]): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-app-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  const served = names.map((name) => providerNamed(providers, name));
  const boxes = await createSandboxes(served, { minIntervalMs: 0 });
  const host = await createSandboxServer({ sandboxes: boxes });
  closing.push(() => host.close());
  const accounts = served.map(({ name, feeds }) => ({
    ...boxes[name]!.account,
    id: `${name}-main`,
    baseUrl: host.baseUrl(name),
    limits: { [feeds[0]!.kind]: { minInterval: '25ms' } },
  }));
  const file = join(folder, 'countroom.json');
  return {
    boxes,
    file,
    async serve(settings = {}) {
      const server = { port: 0, ...settings };
      writeFileSync(
        file,
        JSON.stringify({
          server,
          archive: { url: 'duckdb:./archive.duckdb' },
          sync: { enabled: false },
          accounts,
        }),
      );
      const child = spawn(process.execPath, [command.file('cli'), 'serve', '--config', file], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      closing.push(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      });
      const [line] = (await once(child.stdout!, 'data')) as [Buffer];
      const url = /http:\/\/\S+/.exec(line.toString())?.[0];
      return {
        child,
        async ask<T>(query: string) {
          const response = await fetch(`${url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ query }),
          });
          return (await response.json()) as T;
        },
      };
    },
  };
}

function settledHours(hours: number) {
  const to = Math.floor((Date.now() - 10 * 60_000) / HOUR) * HOUR;
  return { from: to - hours * HOUR, to };
}

function betsQuery({ from, to }: { from: number; to: number }, maxWait: string): string {
  const range = `{ from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}" }`;
  return `{ bets(filter: { range: ${range} }, first: 1000, maxWait: "${maxWait}") {
    totalCount nodes { raw } coverage { complete gaps { reason } } } }`;
}

interface Answer {
  readonly data: {
    readonly bets: {
      readonly totalCount: number;
      readonly nodes: readonly { readonly raw: string }[];
      readonly coverage: { readonly complete: boolean };
    };
  };
}

describe('the gateway', () => {
  test('loses and doubles nothing when it is killed while filling', async () => {
    const deployment = await openDeployment(['vertexplay', 'hotroad']);
    const range = settledHours(2);
    for (const calls of [3, 9]) {
      const { child, ask } = await deployment.serve();
      await ask(betsQuery(range, '1ms'));
      const asked = () => deployment.boxes['vertexplay']!.calls.length;
      const before = asked();
      await expect.poll(asked, { interval: 5 }).toBeGreaterThanOrEqual(Math.min(before + calls, 12));
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    const { ask } = await deployment.serve();
    const { data } = await ask<Answer>(betsQuery(range, '10m'));
    expect(data.bets.coverage).toMatchObject({ complete: true, gaps: [] });
    const truth = Object.values(deployment.boxes).flatMap((box) => box.truth('BET', range));
    expect(data.bets.totalCount).toBe(truth.length);
    expect(data.bets.nodes.map((node) => node.raw).sort()).toEqual([...truth].sort());
  });

  test('asks a paused account nothing, answers from the archive meanwhile, and asks again when it is resumed', async () => {
    const deployment = await openDeployment(['vertexplay']);
    const { ask } = await deployment.serve();
    const range = settledHours(1);
    const told = 'feeds { paused pace { calls refused allowedPerMinute } health { state message } }';
    type Steered = { readonly data: Record<string, { readonly feeds: readonly object[] }> };
    const paused = await ask<Steered>(`mutation { pauseAccount(id: "vertexplay-main") { ${told} } }`);
    expect(paused.data['pauseAccount']!.feeds).toMatchObject([
      { paused: true, pace: { refused: 0, allowedPerMinute: 2_400 }, health: { state: 'STOPPED' } },
    ]);
    const before = deployment.boxes['vertexplay']!.calls.length;
    const { data } = await ask<Answer>(betsQuery(range, '10m'));
    expect(data.bets.coverage).toMatchObject({ complete: false, gaps: [{ reason: 'PENDING' }] });
    expect(deployment.boxes['vertexplay']!.calls).toHaveLength(before);
    const resumed = await ask<Steered>(`mutation { resumeAccount(id: "vertexplay-main") { ${told} } }`);
    expect(resumed.data['resumeAccount']!.feeds).toMatchObject([{ paused: false }]);
    expect((await ask<Answer>(betsQuery(range, '10m'))).data.bets.coverage.complete).toBe(true);
    expect(deployment.boxes['vertexplay']!.calls.length).toBeGreaterThan(before);
  });

  test('finishes what it reads and ends with 0 on SIGTERM', async () => {
    const deployment = await openDeployment(['vertexplay']);
    const { child, ask } = await deployment.serve();
    await ask(betsQuery(settledHours(20), '1ms'));
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('keeps an audit log of who asked what, and none where it is told so', async () => {
    const deployment = await openDeployment(['ebet']);
    const trailAfter = async (keep: string) => {
      const { child, ask } = await deployment.serve({ trail: { keep } });
      await ask('query Names { accounts { id } }');
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      const path = join(dirname(deployment.file), 'archive.duckdb');
      const archive = await createDuckDbArchive({ path, playerOf: (_account, username) => username });
      const notes = await archive.readAudit({ from: 0, to: Date.now() + 1 });
      await archive.close();
      return notes;
    };
    const notes = await trailAfter('1h');
    expect(notes).toMatchObject([
      { key: 'anonymous', role: 'admin', accounts: null, route: 'graphql', operation: 'Names', error: null },
    ]);
    expect(await trailAfter('0s')).toEqual(notes);
  });
});
