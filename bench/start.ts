import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { providers } from '../src/providers/registry.ts';
import { addressOf } from '../test/address.ts';
import { cpuSeconds, residentMb, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

/** How soon a started gateway answers, and how much memory the demo takes at its peak. */
export const start: Bench = async () => {
  const gateway = await startGateway({
    names: providers.map(({ name }) => name),
    minIntervalMs: 200,
  });
  const { firstAnswerMs } = gateway;
  const cpu = await cpuSeconds(gateway.pid);
  await gateway.close();
  const parts = await partsCpuSeconds();

  const bin = fileURLToPath(new URL('../bin/countroom.js', import.meta.url));
  const startedAt = performance.now();
  const demo = spawn(process.execPath, [bin, 'demo', '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await addressOf(demo);
  const readyMs = performance.now() - startedAt;
  const memory = await residentMb(demo.pid ?? 0);
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGINT');
  await ended;
  return [
    {
      question: 'first answer after `serve` starts',
      figure: firstAnswerMs / 1000,
      unit: 's',
      atMost: 2,
      detail: 'process start to answer, archive made new',
    },
    {
      question: 'CPU until `serve` has answered, against loading its four largest packages file by file',
      figure: cpu / parts,
      unit: '×',
      atMost: 2,
      detail: `${cpu.toFixed(2)} s and ${parts.toFixed(2)} s, all threads`,
    },
    {
      question: 'demo ready',
      figure: readyMs / 1000,
      unit: 's',
      atMost: 60,
      detail: 'two days of five feeds filled',
    },
    {
      question: 'demo: peak resident memory',
      figure: memory,
      unit: 'MB',
      atMost: 600,
      detail: 'sandboxes included',
    },
  ];
};

/** What a process takes that imports what a gateway cannot do without, and does nothing with it. */
async function partsCpuSeconds(): Promise<number> {
  const script = `for (const name of ['graphql', '@apollo/server', 'fastify', '@duckdb/node-api']) await import(name);
    const { user, system } = process.cpuUsage();
    console.log((user + system) / 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of child.stdout) said += chunk;
  return Number(said);
}
