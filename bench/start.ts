import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { addressOf, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

/** The resident memory of a process in MB, as the kernel tells it. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** How soon a started gateway answers, and how much memory the demo takes at its peak. */
export const start: Bench = async () => {
  const gateway = await startGateway({
    names: ['ebet', 'vertexplay', 'hotroad', 'oneapi'],
    minIntervalMs: 200,
  });
  const { firstAnswerMs } = gateway;
  await gateway.close();

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
      question: 'demo ready',
      figure: readyMs / 1000,
      unit: 's',
      atMost: 60,
      detail: 'two hours of five feeds filled',
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
