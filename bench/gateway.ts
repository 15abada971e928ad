import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../src/providers/sandbox.ts';
import type { ProviderName } from '../src/records/record.ts';
import { createSandboxServer } from '../src/sandbox/host.ts';
import { sandboxes } from '../src/sandbox/registry.ts';

export interface BenchGateway {
  readonly url: string;
  readonly pid: number;
  readonly sandboxes: Readonly<Record<string, Sandbox>>;
  /** Milliseconds from starting the process to its first answer. */
  readonly firstAnswerMs: number;
  ask<T>(query: string): Promise<T>;
  close(): Promise<void>;
}

export interface BenchGatewayOptions {
  readonly names: readonly ProviderName[];
  readonly minIntervalMs: number;
  /** Added to every account's entry. */
  readonly account?: Readonly<Record<string, unknown>>;
  readonly archiveUrl?: string;
}

const bin = fileURLToPath(new URL('../bin/countroom.js', import.meta.url));

/** The built gateway in a process of its own, on sandboxes in this one. */
export async function startGateway(options: BenchGatewayOptions): Promise<BenchGateway> {
  const { names, minIntervalMs, account = {}, archiveUrl = 'duckdb:./bench.duckdb' } = options;
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  const boxes = Object.fromEntries(names.map((name) => [name, sandboxes[name]({ minIntervalMs })]));
  const host = await createSandboxServer({ sandboxes: boxes });
  const accounts = names.map((name) => ({
    id: `${name}-bench`,
    baseUrl: host.baseUrl(name),
    ...boxes[name]!.account,
    ...account,
  }));
  const file = join(folder, 'countroom.json');
  await writeFile(file, JSON.stringify({ server: { port: 0 }, archive: { url: archiveUrl }, accounts }));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [bin, 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const url = await addressOf(child);
  const ask = async <T>(query: string): Promise<T> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: readonly { message: string }[] };
    if (errors !== undefined) throw new Error(errors.map((error) => error.message).join('; '));
    return data;
  };
  await ask('{ providers { name } }');
  return {
    url,
    pid: child.pid ?? 0,
    sandboxes: boxes,
    firstAnswerMs: performance.now() - startedAt,
    ask,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /https?:\/\/[^\s/]+/.exec(text);
      if (found !== null) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code} before it answered`)));
  });
}

/** A range of the graph's input. */
export function rangeText(from: number, to: number): string {
  return `{ from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}" }`;
}
