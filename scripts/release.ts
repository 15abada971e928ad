import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { acceptedFile, releasesFolder } from './releases.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] });
}

/** The version that package.json names. */
function versionNow(): string {
  return (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly version: string }).version;
}

/**
 * `npm run release`: gathers `.changeset/` into CHANGELOG.md and the version, keeps the schema that later ones are
 * compared with, commits and tags. Nothing is pushed. Throws where files are not committed or nothing is new.
 */
function release(): string {
  const changed = run('git', 'status', '--porcelain');
  if (changed !== '') throw new Error(`release: expected everything committed, got\n${changed}`);
  const pending = readdirSync(`${root}.changeset`).some((name) => /^(?!README).+\.md$/.test(name));
  if (pending) {
    run('npx', '--no-install', 'changeset', 'version');
    run('npm', 'install', '--package-lock-only', '--no-audit', '--no-fund');
  }
  const version = versionNow();
  const tag = `v${version}`;
  if (run('git', 'tag', '--list', tag) !== '') {
    throw new Error(`release: expected something new since ${tag}, got no file in .changeset: npx changeset`);
  }
  if (!readFileSync(`${root}CHANGELOG.md`, 'utf8').includes(`\n## ${version}\n`)) {
    throw new Error(`release: expected a heading "## ${version}" in CHANGELOG.md, got none`);
  }
  writeFileSync(`${releasesFolder}${version}.graphql`, readFileSync(`${root}schema.graphql`));
  writeFileSync(acceptedFile, withoutEntries(readFileSync(acceptedFile, 'utf8')));
  run('git', 'add', '--all');
  run('git', 'commit', '--message', `release: ${version}`);
  run('git', 'tag', '--annotate', tag, '--message', `countroom ${version}`);
  return tag;
}

/** The list of accepted changes anew: its comment, and nothing in it. */
function withoutEntries(list: string): string {
  const comment = list.split('\n').filter((line) => line.startsWith('#'));
  return [...comment, '[]', ''].join('\n');
}

console.log(`${release()} is committed and tagged; git push --follow-tags hands it in`);
