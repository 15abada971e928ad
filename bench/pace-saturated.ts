import { type ChildProcess, spawn } from 'node:child_process';
import { loadavg, setPriority } from 'node:os';
import { rangeText, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

const INTERVAL_MS = 200;
const WINDOWS = 200;
const WINDOW_MS = 600_000;
const LOAD = 8;
const BINS_MS = [5, 10, 25, 50, 100, 250, Number.POSITIVE_INFINITY];

/** Whether the pace holds while the CPU is saturated, and where the time goes beyond the interval. */
export const paceSaturated: Bench = async () => {
  const gateway = await startGateway({ names: ['vertexplay'], minIntervalMs: INTERVAL_MS });
  const isApart = standApart();
  const burners = burn(LOAD - loadavg()[0]!);
  try {
    const to = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
    await gateway.ask(
      `{ bets(filter: { range: ${rangeText(to - WINDOWS * WINDOW_MS, to)} }, first: 1, maxWait: "120s")
        { coverage { complete } } }`,
    );
    const calls = gateway.sandboxes['vertexplay']!.calls.filter((call) => call.interval !== null);
    const times = calls.map((call) => call.at);
    const beyond = times.slice(1).map((at, index) => at - times[index]! - INTERVAL_MS);
    const total = Math.max(...times) - Math.min(...times);
    const refused = calls.filter((call) => call.refused !== null).length;
    const load = loadavg()[0]!.toFixed(1);
    const detail = `${calls.length} calls in ${total} ms at a load of ${load}; beyond the interval: ${histogram(beyond)}`;
    return [
      {
        question: `saturated: fill ${WINDOWS} windows at ${INTERVAL_MS} ms, against ${WINDOWS - 1} intervals`,
        figure: total / ((WINDOWS - 1) * INTERVAL_MS),
        unit: '×',
        atMost: 1.05,
        detail,
      },
      {
        question: `saturated: refused of ${calls.length} calls`,
        figure: refused,
        unit: '',
        atMost: 0,
        detail: `the closest ${Math.min(...beyond)} ms beyond the interval${isApart ? '' : '; the provider was saturated as well'}`,
      },
    ];
  } finally {
    for (const each of burners) each.kill('SIGKILL');
    await gateway.close();
  }
};

/** A provider has a machine of its own: its sandbox, in this process, goes before all that saturates ours. */
function standApart(): boolean {
  try {
    setPriority(-15);
    return true;
  } catch {
    // Only root may: the provider then notices calls as late as the gateway makes them.
    return false;
  }
}

/** Processes that do nothing but take time. */
function burn(count: number): ChildProcess[] {
  return Array.from({ length: Math.max(0, Math.ceil(count)) }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
}

/** How many calls came how late, and what of all lateness they make up. */
function histogram(beyond: readonly number[]): string {
  const all = beyond.reduce((sum, ms) => sum + ms, 0);
  let from = Number.NEGATIVE_INFINITY;
  return BINS_MS.map((upTo) => {
    const within = beyond.filter((ms) => ms >= from && ms < upTo);
    from = upTo;
    const share = Math.round((100 * within.reduce((sum, ms) => sum + ms, 0)) / all);
    return `< ${upTo} ms: ${within.length} (${share} %)`;
  }).join(', ');
}
