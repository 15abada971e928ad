import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { backfill } from '../../src/commands/backfill.ts';
import { readConfiguration } from '../../src/commands/configuration.ts';
import { coverage } from '../../src/commands/coverage.ts';
import { exportRows } from '../../src/commands/export.ts';
import { remap } from '../../src/commands/remap.ts';
import { serve } from '../../src/commands/serve.ts';
import type { Config } from '../../src/config/config.ts';
import { UsageError } from '../../src/errors.ts';
import { createWorld, openHarness, someHour } from './harness.ts';

it('refuses rows that were archived with another option until they are computed anew', async () => {
  const { config, folder, file } = await openHarness(['oneapi']);
  const range = someHour();
  expect(await backfill({ config, range, account: undefined, kind: undefined, io: createWorld() })).toBe(0);
  const statusesOf = async (with_: Config) => {
    const io = createWorld();
    const ask = { what: 'bets', format: 'ndjson', account: undefined, output: undefined } as const;
    await exportRows({ config: with_, ...ask, range, io });
    const lines = io.out().trim().split('\n');
    return lines.map((line) => (JSON.parse(line) as { readonly status: string }).status);
  };
  const before = await statusesOf(config);
  expect(before).toContain('SETTLED');

  const written = JSON.parse(readFileSync(file, 'utf8')) as { accounts: { options?: object }[] };
  written.accounts[0]!.options = { ...written.accounts[0]?.options, statuses: { 1: 'OPEN' } };
  writeFileSync(file, JSON.stringify(written));
  const changed = readConfiguration(file, { env: {}, cwd: folder });
  const shown = (with_: Config) =>
    coverage({ config: with_, range, account: undefined, json: true, io: createWorld() });
  await expect(shown(changed)).rejects.toThrow(UsageError);
  await expect(shown(changed)).rejects.toThrow(
    /accounts oneapi-main: statuses was \{\} when its rows were archived, and is \{"1":"OPEN"\} now.*countroom remap oneapi-main/,
  );
  // With the option as it was all goes on.
  expect(await shown(config)).toBe(0);

  const io = createWorld();
  expect(await remap({ config: changed, account: 'oneapi-main', io })).toBe(0);
  expect(io.out()).toMatch(/^oneapi-main: \d+ of \d+ rows were computed anew\n$/);
  const after = await statusesOf(changed);
  expect(after).toHaveLength(before.length);
  expect(after.filter((status) => status === 'OPEN')).toHaveLength(
    before.filter((status) => status !== 'UNKNOWN').length,
  );
  await expect(shown(config)).rejects.toThrow(UsageError);
});

it('leaves an archive alone that a gateway holds', async () => {
  const { config } = await openHarness(['oneapi']);
  const server = createWorld();
  const serving = serve({ config, port: 0, io: server });
  await server.until('countroom answers at http://127.0.0.1:');
  const attempt = remap({ config, account: 'oneapi-main', io: createWorld() });
  await expect(attempt).rejects.toThrow(/a gateway runs on this archive .*: stop it first, then remap/);
  server.stop();
  expect(await serving).toBe(0);
});
