import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';

const { archive, only } = new Command('faults')
  .description(
    'Plays the table of faults into both archives, and writes docs/faults.md anew where all of it passes.',
  )
  .option('--archive <name>', 'duckdb, postgres, or both', 'both')
  .option('--only <fault>', 'one fault, by its number; nothing is written')
  .parse()
  .opts<{ archive: string; only?: string }>();

const root = fileURLToPath(new URL('../', import.meta.url));

function play(name: string, more: readonly string[]): boolean {
  console.log(`\n${name}`);
  const given = ['run', 'test/providers/conformance.test.ts', '--maxWorkers=1', ...more];
  const { status } = spawnSync('node', [`${root}node_modules/vitest/vitest.mjs`, ...given], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FAULTS_ARCHIVE: name },
  });
  return status === 0;
}

const names = archive === 'both' ? ['postgres', 'duckdb'] : [archive];
const lines = only === undefined ? [] : ['-t', ` ${only} `];
// The page says that both pass: it is written after the last of them.
const passed = names.every((name, at) => {
  const writes = only === undefined && names.length === 2 && at === 1;
  return play(name, writes ? ['-u', ...lines] : lines);
});
process.exitCode = passed ? 0 : 1;
