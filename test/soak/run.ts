import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureRecovery } from './recovery.ts';
import { soak } from './soak.ts';

/**
 * `npm run soak -- --minutes N --seed S`: ends with 0 where everything held, with 1 and what did not. With `--recovery`
 * each fault comes once, and how long it took to fill again is printed as a table.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    recovery: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0 && minutes <= 24 * 60) || !Number.isSafeInteger(seed)) {
  console.error('soak: expected --minutes N, at most a day, and --seed S, a whole number');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'countroom-soak-'));
const bin = fileURLToPath(new URL('../../bin/countroom.js', import.meta.url));
const startedAt = Date.now();
const say = (line: string) => {
  if (!values.quiet) console.error(`${((Date.now() - startedAt) / 1_000).toFixed(1)} s ${line}`);
};
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error('the soak was stopped')));
if (values.recovery) {
  const found = await measureRecovery({ seed, folder, program: [bin], say, signal: stop.signal });
  console.log('| fault | promised | seen |\n| --- | --- | --- |');
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  for (const { fault, promisedMs, tookMs } of found) {
    console.log(`| ${fault} | ≤ ${seconds(promisedMs)} | ${seconds(tookMs)} |`);
    if (tookMs > promisedMs) process.exitCode = 1;
  }
  process.exit();
}
const result = await soak({ minutes, seed, folder, program: [bin], say, signal: stop.signal });
const { wrong, mishaps, rows, tally, settledAfterMs, first, last, refused, calls } = result;
console.log(
  JSON.stringify({ mishaps, rows, ...tally, calls, refused, settledAfterMs, footprint: { first, last } }),
);
for (const each of wrong) console.log(`WRONG ${each}`);
const happened = Object.values(mishaps).reduce((sum, count) => sum + count, 0);
console.log(
  `soak ${wrong.length === 0 ? 'clean' : `WRONG ${wrong.length} times`}: seed ${seed}, ${minutes} minutes, ${happened} mishaps, ${rows} rows; again: npm run soak -- --minutes ${minutes} --seed ${seed}; logs: ${folder}`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
