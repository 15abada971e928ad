import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addressOf } from '../address.ts';
import type { SilentProxy } from '../archive/postgres/silent-proxy.ts';

const probe = fileURLToPath(new URL('./probe.mjs', import.meta.url));

/** What is left in use in a process once its garbage was collected. */
export interface Footprint {
  readonly heapMb: number;
  readonly handles: number;
  /** On the signal that has the most. */
  readonly listeners: number;
}

export type Answer<T> = {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly string[];
};

/** One gateway in a process of its own, behind a proxy of its own to the database. */
export interface Gateway {
  readonly name: string;
  readonly proxy: SilentProxy;
  /** Why it cannot answer at present, by what was done to it; null while it can. */
  away(): 'killed' | 'paused' | null;
  /** Rejects with what `fetch` does, also after `limitMs`. */
  ask<T>(query: string, limitMs: number): Promise<Answer<T>>;
  readyz(): Promise<number>;
  kill(): Promise<void>;
  revive(): Promise<void>;
  pause(): void;
  goOn(): void;
  footprint(): Promise<Footprint>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  readonly name: string;
  readonly folder: string;
  /** Node's arguments that run the command line. */
  readonly program: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly proxy: SilentProxy;
  /** Told when it ended without having been told to, and of what Node warns of. */
  readonly onWrong: (what: string) => void;
}

const MOST_STARTS = 30;
const AGAIN_MS = 1_000;

/** Starts a gateway and resolves when it listens. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { name, folder, program, configuration, proxy, onWrong } = options;
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(configuration));
  const log = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
  let child: ChildProcess;
  let url = '';
  let away: 'killed' | 'paused' | null = null;

  async function start(): Promise<void> {
    child = spawn(
      process.execPath,
      ['--expose-gc', '--import', probe, ...program, 'serve', '--config', file],
      { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    const own = child;
    own.stderr?.on('data', (data: Buffer) => {
      log.write(data);
      if (data.includes('MaxListenersExceeded')) onWrong(`${name}: ${data.toString()}`);
    });
    own.once('exit', (code) => {
      if (own === child && away !== 'killed') onWrong(`${name}: ended by itself with ${code}`);
    });
    url = await addressOf(own);
    away = null;
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    away = 'killed';
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** As whoever keeps a gateway running does: one that could not start, its database being away, is started again. */
  async function startAgain(): Promise<void> {
    for (let left = MOST_STARTS; ; left -= 1) {
      const started = await start().then(
        () => true,
        (error: unknown) => {
          if (left === 0) onWrong(`${name}: ${String(error)}`);
          return left === 0;
        },
      );
      if (started) return;
      await wait(AGAIN_MS);
    }
  }

  await start();
  return {
    name,
    proxy,
    away: () => away,
    async ask<T>(query: string, limitMs: number) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
        signal: AbortSignal.timeout(limitMs),
      });
      const { data = null, errors = [] } = (await response.json()) as {
        data?: T | null;
        errors?: { message: string; extensions?: { code?: string } }[];
      };
      const texts = errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`);
      return { status: response.status, data, errors: texts };
    },
    readyz: async () => (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(10_000) })).status,
    kill: () => end('SIGKILL'),
    revive: startAgain,
    pause() {
      away = 'paused';
      child.kill('SIGSTOP');
    },
    goOn() {
      child.kill('SIGCONT');
      away = null;
    },
    async footprint() {
      child.send('look');
      const [found] = (await once(child, 'message')) as [Footprint];
      return found;
    },
    async stop() {
      child.kill('SIGCONT');
      await end('SIGTERM');
      log.end();
    },
  };
}
