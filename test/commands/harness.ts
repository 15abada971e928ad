import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import { readConfiguration } from '../../src/commands/configuration.ts';
import type { Io } from '../../src/commands/io.ts';
import type { Config } from '../../src/config/config.ts';
import { providerNamed } from '../../src/providers/list.ts';
import { providers } from '../../src/providers/registry.ts';
import type { Sandbox } from '../../src/providers/sandbox.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { ProviderName } from '../../src/records/record.ts';
import { createSandboxes } from '../../src/sandbox/create.ts';
import { createSandboxServer, type SandboxServer } from '../../src/sandbox/host.ts';

export interface World extends Io {
  /** What was written to standard output and standard error so far. */
  out(): string;
  err(): string;
  /** Resolves when standard output has come to hold the text. */
  until(text: string): Promise<void>;
  /** As Ctrl-C. */
  stop(): void;
}

export function createWorld(): World {
  const stop = new AbortController();
  const [stdout, out, until] = recorded();
  const [stderr, err] = recorded();
  return {
    stdout,
    stderr,
    env: {},
    cwd: tmpdir(),
    signal: stop.signal,
    out,
    err,
    until,
    stop: () => stop.abort(),
  };
}

function recorded(): [PassThrough, () => string, (text: string) => Promise<void>] {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const text = () => Buffer.concat(chunks).toString('utf8');
  const until = (wanted: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!text().includes(wanted)) return;
        stream.off('data', look);
        resolve();
      };
      stream.on('data', look);
      look();
    });
  return [stream, text, until];
}

export interface Harness {
  readonly host: SandboxServer;
  readonly sandboxes: Readonly<Record<string, Sandbox>>;
  readonly folder: string;
  /** The path of a configuration with one account a provider, `<name>-main`. */
  readonly file: string;
  readonly config: Config;
}

/** Sandboxes of some providers and a configuration of accounts at them; gone when the test ends. */
export async function openHarness(
  names: readonly ProviderName[],
  change: (file: Record<string, unknown>) => Record<string, unknown> = (file) => file,
): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-test-'));
  const served = names.map((name) => providerNamed(providers, name));
  const hosted = await createSandboxes(served, { minIntervalMs: 20 });
  const host = await createSandboxServer({ sandboxes: hosted });
  onTestFinished(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const accounts = Object.entries(hosted).map(([name, { account }]) => ({
    id: `${name}-main`,
    baseUrl: host.baseUrl(name),
    ...account,
  }));
  const archive = { url: 'duckdb:./archive.duckdb' };
  const file = join(folder, 'countroom.yaml');
  writeFileSync(
    file,
    JSON.stringify(change({ server: { port: 0 }, archive, sync: { enabled: false }, accounts })),
  );
  return { host, sandboxes: hosted, folder, file, config: readConfiguration(file, { env: {}, cwd: folder }) };
}

const startedAt = Date.now();

/** The hour before last, every window of which ended in the past; the same throughout a file of tests. */
export function someHour(): Interval {
  const to = Math.floor(startedAt / 3_600_000) * 3_600_000 - 3_600_000;
  return { from: to - 3_600_000, to };
}
