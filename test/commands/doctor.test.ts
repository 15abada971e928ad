import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { doctor } from '../../src/commands/doctor.ts';
import type { Finding } from '../../src/commands/findings.ts';
import { serve } from '../../src/commands/serve.ts';
import { steer } from '../../src/commands/steer.ts';
import type { Config } from '../../src/config/config.ts';
import { createWorld, openHarness } from './harness.ts';

async function examined(config: Config) {
  const io = createWorld();
  const code = await doctor({ config, json: true, io });
  return { code, findings: JSON.parse(io.out()) as readonly Finding[] };
}

it('looks at everything, makes no archive by looking, and finds healthy accounts well', async () => {
  const { config, folder } = await openHarness(['ebet', 'hotroad']);
  const { code, findings } = await examined(config);
  expect(findings.map(({ area, subject, state }) => [area, subject.replace(folder, ''), state])).toEqual([
    ['configuration', '/countroom.yaml', 'ok'],
    ['archive', 'DuckDB', 'ok'],
    ['credentials', 'ebet-main SEQ_NO_FAILURE', 'ok'],
    ['credentials', 'hotroad-main BET', 'ok'],
    ['credentials', 'hotroad-main TRANSFER', 'ok'],
    ['clock', 'ebet-main', 'ok'],
    ['clock', 'hotroad-main', 'ok'],
    ['pace', 'ebet-main SEQ_NO_FAILURE', 'ok'],
    ['pace', 'hotroad-main BET', 'ok'],
    ['pace', 'hotroad-main TRANSFER', 'ok'],
    ['lateness', 'ebet-main SEQ_NO_FAILURE', 'ok'],
    ['lateness', 'hotroad-main BET', 'ok'],
    ['lateness', 'hotroad-main TRANSFER', 'ok'],
  ]);
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'archive.duckdb'))).toBe(false);
});

it('asks through the serve that holds the archive, as check does, and tells what is refused with its remedy', async () => {
  const { config, folder, sandboxes } = await openHarness(['hotroad']);
  const server = createWorld();
  const serving = serve({ config, port: 0, io: server });
  await server.until('countroom answers at http://127.0.0.1:');
  const calls = () => sandboxes['hotroad']!.calls.length;

  const first = await examined(config);
  expect(first.code).toBe(0);
  expect(first.findings[0]?.finding).toMatch(/asked through http:\/\/127\.0\.0\.1:/);
  expect(first.findings.find(({ area }) => area === 'archive')?.finding).toMatch(
    /^DuckDB [\d.]+, layout \d+, \d+ MB$/,
  );
  expect(existsSync(join(folder, 'archive.duckdb'))).toBe(true);
  expect(calls()).toBe(2);

  await steer({ config, account: 'hotroad-main', to: 'pause', io: createWorld() });
  const paused = await examined(config);
  expect(paused.code).toBe(1);
  expect(paused.findings.filter(({ state }) => state === 'fault')).toMatchObject([
    { area: 'credentials', subject: 'hotroad-main BET', remedy: 'countroom resume hotroad-main' },
    { area: 'credentials', subject: 'hotroad-main TRANSFER', remedy: 'countroom resume hotroad-main' },
  ]);
  const io = createWorld();
  // A check that called by itself would not know of the pause.
  expect(await check({ config, json: true, io })).toBe(1);
  expect(io.out()).toContain('paused by an admin');
  expect(calls()).toBe(2);

  server.stop();
  expect(await serving).toBe(0);
});

it('says what keeps the archive shut, and asks nobody beside whoever holds it', async () => {
  const { config, sandboxes } = await openHarness(['ebet'], (file) => ({
    ...file,
    archive: { url: 'postgres://nobody:wrong@127.0.0.1:1/none' },
  }));
  const { code, findings } = await examined(config);
  expect(code).toBe(1);
  expect(findings.map(({ area, state }) => [area, state])).toEqual([
    ['configuration', 'ok'],
    ['archive', 'fault'],
  ]);
  expect(JSON.stringify(findings)).not.toContain('wrong');
  expect(sandboxes['ebet']!.calls).toEqual([]);
});
