import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { guardOf } from '../src/upstream/slots.ts';
import { type BenchGateway, rangeText, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

const INTERVAL_MS = 200;
const WINDOWS = 200;
const WINDOW_MS = 600_000;
const LOAD = 8;
const BINS_MS = [5, 10, 25, 50, 100, 250, Number.POSITIVE_INFINITY];

/**
 * Whether the pace holds while the CPUs are saturated, and where the time goes beyond the interval. The provider, in this
 * process, is held up by the others as much as the gateway is: it judges calls by when it comes to notice them.
 */
export const paceSaturated: Bench = async () => {
  const gateway = await startGateway({ names: ['vertexplay'], minIntervalMs: INTERVAL_MS });
  const burners = burn(LOAD - loadavg()[0]!);
  try {
    const to = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
    const query = `{ bets(filter: { range: ${rangeText(to - WINDOWS * WINDOW_MS, to)} }, first: 1, maxWait: "30s")
      { coverage { complete } } }`;
    const waitedBefore = await waitedMs(gateway.pid);
    for (let complete = false; !complete; ) {
      const answer = await gateway.ask<{ bets: { coverage: { complete: boolean } } }>(query);
      complete = answer.bets.coverage.complete;
      if (listed(gateway).length >= WINDOWS) break;
    }
    const waited = (await waitedMs(gateway.pid)) - waitedBefore;
    // What is left then, the instant the range begins with, is asked for once all else is kept.
    const calls = listed(gateway).slice(0, WINDOWS);
    const times = calls.map((call) => call.at);
    const beyond = times.slice(1).map((at, index) => at - times[index]! - INTERVAL_MS);
    const total = Math.max(...times) - Math.min(...times);
    const refused = calls.filter((call) => call.refused !== null).length;
    const load = loadavg()[0]!.toFixed(1);
    const guard = Math.round((100 * guardOf(INTERVAL_MS, 0) * beyond.length) / sum(beyond));
    const detail = `${calls.length} calls in ${total} ms at a load of ${load}, the main thread waited ${Math.round(waited)} ms for a CPU; \
beyond the interval: ${histogram(beyond)}; ${guard} % of it is the guard`;
    return [
      {
        question: `saturated: fill ${WINDOWS} windows at ${INTERVAL_MS} ms, against ${WINDOWS - 1} intervals`,
        figure: total / ((calls.length - 1) * INTERVAL_MS),
        unit: '×',
        atMost: 1.05,
        detail,
      },
      {
        question: `saturated: refused of ${calls.length} calls`,
        figure: refused,
        unit: '',
        atMost: 0,
        detail: `the closest ${Math.min(...beyond)} ms beyond the interval, before call ${beyond.indexOf(Math.min(...beyond)) + 2}`,
      },
    ];
  } finally {
    for (const each of burners) each.kill('SIGKILL');
    await gateway.close();
  }
};

function listed({ sandboxes }: BenchGateway) {
  return sandboxes['vertexplay']!.calls.filter((call) => call.interval !== null);
}

/** How long a process's first thread could have run and did not. */
async function waitedMs(pid: number): Promise<number> {
  const account = await readFile(`/proc/${pid}/schedstat`, 'utf8');
  return Number(account.split(' ')[1]) / 1e6;
}

/** Processes that do nothing but take time. */
function burn(count: number): ChildProcess[] {
  return Array.from({ length: Math.max(0, Math.ceil(count)) }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** How many calls came how late, and what of all lateness they make up. */
function histogram(beyond: readonly number[]): string {
  const all = sum(beyond);
  let from = Number.NEGATIVE_INFINITY;
  return BINS_MS.map((upTo) => {
    const within = beyond.filter((ms) => ms >= from && ms < upTo);
    from = upTo;
    return `< ${upTo} ms: ${within.length} (${Math.round((100 * sum(within)) / all)} %)`;
  }).join(', ');
}
