import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { manifestFaults } from '../../scripts/manifests.ts';
import { readConfiguration } from '../../src/commands/configuration.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const configuration = read('deploy/kubernetes/countroom.yaml');
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.looseObject({ secrets: z.array(z.string()), stop_grace_period: z.string().optional() }),
    ),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(read('deploy/compose.yaml')));

const folder = mkdtempSync(join(tmpdir(), 'countroom-shipping-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the configuration that containers mount', () => {
  const named = [...configuration.matchAll(/\$\{file:\/run\/secrets\/(\w+)\}/g)].map(([, name = '']) => name);

  it('is taken once its secrets are there, and holds none itself', () => {
    const secrets = join(folder, 'secrets');
    mkdirSync(secrets);
    const secretOf = (name: string) => createHash('sha256').update(name).digest('hex');
    for (const name of named) writeFileSync(join(secrets, name), secretOf(name));
    const file = join(folder, 'countroom.yaml');
    writeFileSync(file, configuration.replaceAll('/run/secrets', secrets));
    const config = readConfiguration(file, { env: {}, cwd: folder });
    expect(config.archive.url).toBe(
      `postgres://countroom:${secretOf('postgres_password')}@postgres:5432/countroom`,
    );
    expect(config.auth?.apiKeys.map(({ name }) => name)).toEqual(['admin', 'prometheus']);
    expect(config.accounts).toHaveLength(1);
  });

  it('names the secrets that compose gives it', () => {
    expect(compose.services['countroom']?.secrets.toSorted()).toEqual(named.toSorted());
    expect(Object.keys(compose.secrets).toSorted()).toEqual(named.toSorted());
  });
});

describe('a stop', () => {
  // SIGTERM ends within 15 seconds; contract of `serve`.
  it('is given more time by each supervisor than it takes', () => {
    const seconds = [
      /stop_grace_period: (\d+)s/.exec(read('deploy/compose.yaml'))?.[1],
      /TimeoutStopSec=(\d+)/.exec(read('deploy/systemd/countroom.service'))?.[1],
      /terminationGracePeriodSeconds: (\d+)/.exec(read('deploy/kubernetes/deployment.yaml'))?.[1],
    ].map(Number);
    expect(seconds.every((each) => each > 15)).toBe(true);
  });
});

describe('a manifest', () => {
  it('is refused for a field that its kind has not, and for a value of another type', () => {
    const deployment = read('deploy/kubernetes/deployment.yaml');
    expect(manifestFaults(deployment)).toEqual([]);
    expect(manifestFaults(deployment.replace('readinessProbe:', 'readyProbe:'))[0]).toContain('readyProbe');
    expect(manifestFaults(deployment.replace('replicas: 2', 'replicas: two'))[0]).toContain("'number'");
  });
});

describe('the package', () => {
  const packed = z
    .array(z.object({ files: z.array(z.object({ path: z.string() })) }))
    .parse(
      JSON.parse(
        execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
          cwd: root,
          encoding: 'utf8',
        }),
      ),
    )
    .flatMap(({ files }) => files.map(({ path }) => path));

  it('holds what its pages lead to', () => {
    const pages = packed.filter((path) => path.endsWith('.md'));
    const missing = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => join(page, '..', target))
        // what is for those who have the sources
        .filter((target) => !/^(test|examples|bench)\//.test(target))
        .filter((target) => !packed.some((path) => path === target || path.startsWith(`${target}/`)))
        .map(
          (target) => `${page} → ${target}${existsSync(join(root, target)) ? '' : ', which is not there'}`,
        ),
    );
    expect(missing).toEqual([]);
  });

  it('holds licence, example, schema and commands, and no secret', () => {
    for (const path of [
      'LICENSE',
      'countroom.example.yaml',
      'schema.graphql',
      'bin/countroom.js',
      'deploy/Dockerfile',
    ])
      expect(packed).toContain(path);
    expect(packed.filter((path) => /secrets\/|\.env$|^test\//.test(path))).toEqual([]);
  });
});
