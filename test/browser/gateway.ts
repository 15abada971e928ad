import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { providers } from '../../src/providers/registry.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { createSandboxServer } from '../../src/sandbox/host.ts';
import { addressOf } from '../address.ts';

export interface BuiltGateway {
  readonly url: string;
  close(): Promise<void>;
}

const bin = fileURLToPath(new URL('../../bin/countroom.js', import.meta.url));
const HOUR_MS = 3_600_000;

/** The built gateway in a process of its own, on sandboxes in this one, with the last hour of every feed read. */
export async function startGateway(key: string | null): Promise<BuiltGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-browser-'));
  const boxes = await createSandboxes(providers, { minIntervalMs: 100 });
  const host = await createSandboxServer({ sandboxes: boxes });
  const accounts = Object.entries(boxes).map(([name, { account }]) => ({
    id: `${name}-main`,
    baseUrl: host.baseUrl(name),
    ...account,
  }));
  const auth = key === null ? {} : { auth: { apiKeys: [{ name: 'operator', key, role: 'admin' }] } };
  const file = join(folder, 'countroom.json');
  const archive = { url: 'duckdb:./archive.duckdb' };
  await writeFile(
    file,
    JSON.stringify({ server: { port: 0 }, archive, sync: { enabled: false }, accounts, ...auth }),
  );

  const child = spawn(process.execPath, [bin, 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await addressOf(child);
  await fillLastHour(url, key);
  return {
    url,
    async close() {
      child.kill('SIGTERM');
      await ended;
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fillLastHour(url: string, key: string | null): Promise<void> {
  const to = Date.now();
  const range = { from: new Date(to - HOUR_MS).toISOString(), to: new Date(to).toISOString() };
  const query = `query ($b: BetFilter!, $t: TransferFilter!, $s: SeqNoFailureFilter!) {
    bets(filter: $b, first: 1, maxWait: "30s") { totalCount }
    transfers(filter: $t, first: 1, maxWait: "30s") { totalCount }
    seqNoFailures(filter: $s, first: 1, maxWait: "30s") { totalCount }
  }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key !== null && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ query, variables: { b: { range }, t: { range }, s: { range } } }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors !== undefined) throw new Error(`the gateway was not filled: ${JSON.stringify(errors)}`);
}
