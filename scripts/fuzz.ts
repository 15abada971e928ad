import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

const { runs, seed } = new Command('fuzz')
  .description(
    'Puts every parser to many more texts than the test suite does. A failure names the seed that repeats it.',
  )
  .option('--runs <n>', 'texts a law', '5000')
  .option('--seed <s>', 'what the texts are drawn by', String(Date.now() % 1_000_000_000))
  .parse()
  .opts<{ runs: string; seed: string }>();

console.log(`seed ${seed}`);
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync('node', [vitest, 'run', 'test/fuzz', '--testTimeout', '3600000'], {
  cwd: fileURLToPath(new URL('../', import.meta.url)),
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: runs, FUZZ_SEED: seed },
});
process.exitCode = status ?? 1;
