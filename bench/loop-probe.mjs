// Loaded into a gateway before anything else: tells over IPC how long its event loop was kept busy at a stretch.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 10;

if (isMainThread && process.channel) watch();

function watch() {
  const wall = monitorEventLoopDelay({ resolution: EVERY_MS });
  wall.enable();
  // CPU of the main thread alone, in nanoseconds: what other processes do to a busy machine is not in it.
  const cpu = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  let stretches = [];
  let last = cpu();
  setInterval(() => {
    const now = cpu();
    stretches.push(now - last);
    last = now;
  }, EVERY_MS).unref();
  process.on('message', (message) => {
    if (message === 'begin') {
      stretches = [];
      wall.reset();
      return;
    }
    const sorted = stretches.sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    process.send({ p99: at(0.99), most: at(1), looks: sorted.length, wallP99: wall.percentile(99) / 1e6 - EVERY_MS });
  });
  process.channel.unref();
}
