import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestFaults } from './manifests.ts';

const deploy = fileURLToPath(new URL('../deploy/', import.meta.url));

interface Linter {
  readonly of: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** A unit with the Node at hand, since the linter looks whether there is one. */
function unitHere(folder: string): string {
  const path = join(folder, 'countroom.service');
  const unit = readFileSync(`${deploy}systemd/countroom.service`, 'utf8');
  writeFileSync(path, unit.replace('/usr/bin/node', process.execPath));
  return path;
}

function linters(folder: string): readonly Linter[] {
  const unit = unitHere(folder);
  const rules = ['alerts.yaml', 'recording.yaml'].map((name) => `${deploy}prometheus/${name}`);
  const dockerfilelint = fileURLToPath(new URL('../node_modules/.bin/dockerfilelint', import.meta.url));
  return [
    { of: 'Dockerfile', command: dockerfilelint, args: [`${deploy}Dockerfile`] },
    {
      of: 'compose.yaml',
      command: 'docker-compose',
      args: ['--file', `${deploy}compose.yaml`, 'config', '-q'],
    },
    { of: 'countroom.service', command: 'systemd-analyze', args: ['verify', unit] },
    {
      of: 'the exposure of countroom.service, at most 2.0',
      command: 'systemd-analyze',
      args: ['security', '--offline=true', '--threshold=20', unit],
    },
    { of: 'rules', command: 'promtool', args: ['check', 'rules', ...rules] },
    {
      of: 'prometheus.yml',
      command: 'promtool',
      args: ['check', 'config', '--syntax-only', `${deploy}prometheus/prometheus.yml`],
    },
    {
      of: 'what alerts fire',
      command: 'promtool',
      args: ['test', 'rules', `${deploy}prometheus/alerts_test.yaml`],
    },
  ];
}

/** `npm run deploy:check`: has each file of `deploy/` read by its linter; 1 where one objects. Says which are not installed. */
function check(folder: string): number {
  let objections = 0;
  const say = (of: string, by: string, faults: string | null) => {
    console.log(`${faults === null ? 'ok      ' : 'REFUSED '} ${of} (${by})`);
    if (faults === null) return;
    objections += 1;
    console.error(faults);
  };
  for (const { of, command, args } of linters(folder)) {
    const by = command.split('/').at(-1) ?? command;
    const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
      console.log(`NOT CHECKED ${of}: ${by} is not installed`);
    } else {
      say(of, by, status === 0 ? null : `${stdout}${stderr}${error?.message ?? ''}`);
    }
  }
  const manifests = `${deploy}kubernetes/`;
  for (const name of readdirSync(manifests).filter(
    (each) => each.endsWith('.yaml') && each !== 'countroom.yaml',
  )) {
    const faults = manifestFaults(readFileSync(`${manifests}${name}`, 'utf8'));
    say(`kubernetes/${name}`, 'kubernetes-types', faults.length === 0 ? null : faults.join('\n'));
  }
  return objections === 0 ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), 'countroom-deploy-'));
try {
  process.exitCode = check(folder);
} finally {
  rmSync(folder, { recursive: true });
}
