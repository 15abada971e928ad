import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { providerNamed } from '../src/providers/list.ts';
import { providers } from '../src/providers/registry.ts';
import type { Sandbox } from '../src/providers/sandbox.ts';
import type { ProviderName } from '../src/records/record.ts';
import { createSandboxes } from '../src/sandbox/create.ts';
import { createSandboxServer } from '../src/sandbox/host.ts';
import { addressOf } from '../test/address.ts';

export interface BenchGateway {
  readonly url: string;
  readonly pid: number;
  readonly sandboxes: Readonly<Record<string, Sandbox>>;
  /** Milliseconds from starting the process to its first answer. */
  readonly firstAnswerMs: number;
  ask<T>(query: string, variables?: object): Promise<T>;
  /** How long its event loop is kept busy; null where it was not asked for. */
  readonly probe: LoopProbe | null;
  /** Starts another process of the same configuration. */
  another(): Promise<Pick<BenchGateway, 'url' | 'pid' | 'ask'>>;
  /** Runs another command of the same configuration to its end, and gives its peak resident memory in MB. */
  run(...args: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** What an event loop was kept busy with since `begin`; milliseconds. */
export interface LoopTold {
  /** CPU of the main thread between two looks that were meant to be ten milliseconds apart. */
  readonly p99: number;
  readonly most: number;
  readonly looks: number;
  /** How late the looks were by the wall. */
  readonly wallP99: number;
}

export interface LoopProbe {
  begin(): void;
  told(): Promise<LoopTold>;
}

export interface BenchGatewayOptions {
  /** Settings of `server`. */
  readonly server?: Readonly<Record<string, unknown>>;
  /** Whether to watch the event loop of the first process. @default false */
  readonly probe?: boolean;
  readonly names: readonly ProviderName[];
  readonly minIntervalMs: number;
  /** Added to every account's entry. */
  readonly account?: Readonly<Record<string, unknown>>;
  readonly archiveUrl?: string;
  readonly rowsPerMinute?: number;
}

const watching = new URL('./loop-probe.mjs', import.meta.url).href;
// Where profiles of the gateways' threads go, one file each; none are written where it is not said.
const profiles = process.env['BENCH_CPU_PROF'];
const profiling = profiles === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profiles];
const bin = fileURLToPath(new URL('../bin/countroom.js', import.meta.url));

/** The built gateway in a process of its own, on sandboxes in this one. */
export async function startGateway(options: BenchGatewayOptions): Promise<BenchGateway> {
  const { names, minIntervalMs, account = {}, archiveUrl = 'duckdb:./bench.duckdb', rowsPerMinute } = options;
  const { server = {}, probe = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  const served = names.map((name) => providerNamed(providers, name));
  const boxes = await createSandboxes(served, { minIntervalMs, rowsPerMinute });
  const host = await createSandboxServer({ sandboxes: boxes });
  const accounts = names.map((name) => ({
    id: `${name}-bench`,
    baseUrl: host.baseUrl(name),
    ...boxes[name]!.account,
    ...account,
  }));
  const file = join(folder, 'countroom.json');
  await writeFile(
    file,
    JSON.stringify({
      server: { port: 0, ...server },
      archive: { url: archiveUrl },
      sync: { enabled: false },
      accounts,
    }),
  );
  const children: ChildProcess[] = [];
  const another = async () => {
    const program = [...profiling, bin, 'serve', '--config', file];
    const child = probe
      ? spawn(process.execPath, ['--import', watching, ...program], {
          stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
        })
      : spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    const url = await addressOf(child);
    return {
      url,
      pid: child.pid ?? 0,
      ask: <T>(query: string, variables?: object) => ask<T>(url, query, variables),
    };
  };
  const startedAt = performance.now();
  const first = await another();
  await first.ask('{ providers { name } }');
  return {
    ...first,
    probe: probe ? probeOf(children[0]!) : null,
    sandboxes: boxes,
    firstAnswerMs: performance.now() - startedAt,
    another,
    run: (...args) => peakOf(spawn(process.execPath, [bin, ...args, '--config', file], { stdio: 'ignore' })),
    async close() {
      for (const child of children) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function probeOf(child: ChildProcess): LoopProbe {
  return {
    begin: () => void child.send('begin'),
    told: () =>
      new Promise((resolve) => {
        child.once('message', (told) => resolve(told as LoopTold));
        child.send('tell');
      }),
  };
}

async function ask<T>(url: string, query: string, variables?: object): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: readonly { message: string }[] };
  if (errors !== undefined) throw new Error(errors.map((error) => error.message).join('; '));
  return data;
}

/** The most memory a process was seen to hold until it ended, in MB; rejects where it failed. */
async function peakOf(child: ChildProcess): Promise<number> {
  let peak = 0;
  const look = setInterval(() => {
    // It may end between the look at it and the reading.
    residentMb(child.pid ?? 0).then(
      (mb) => {
        if (mb > 0) peak = mb;
      },
      () => {},
    );
  }, 100);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`the command ended with ${code}`);
  return peak;
}

/** The resident memory of a process at its peak in MB, as the kernel tells it. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** The CPU time a running process has taken, user and system, all threads; the kernel counts in hundredths. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The command's name stands in parentheses and may hold anything; user and system time are 12 and 13 after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A range of the graph's input. */
export function rangeText(from: number, to: number): string {
  return `{ from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}" }`;
}
