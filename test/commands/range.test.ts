import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { backfill } from '../../src/commands/backfill.ts';
import { coverage } from '../../src/commands/coverage.ts';
import { exportRows } from '../../src/commands/export.ts';
import { serve } from '../../src/commands/serve.ts';
import { startPostgres } from '../archive/postgres-server.ts';
import { createWorld, openHarness, someHour } from './harness.ts';

const everything = { account: undefined, kind: undefined };

async function readCoverage(config: Awaited<ReturnType<typeof openHarness>>['config'], range = someHour()) {
  const io = createWorld();
  expect(await coverage({ config, range, account: undefined, json: true, io })).toBe(0);
  return JSON.parse(io.out()) as readonly Record<string, unknown>[];
}

it('fills a range, shows it as held and exports it', async () => {
  const { config, folder } = await openHarness(['vertexplay', 'ebet']);
  const range = someHour();
  expect((await readCoverage(config, range)).map(({ held, missing }) => [held, missing])).toEqual([
    [0, 3_600_000],
    [0, 3_600_000],
  ]);

  const io = createWorld();
  expect(await backfill({ config, range, ...everything, io })).toBe(0);
  const steps = io
    .err()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(
    steps
      .filter(({ done }) => done === true)
      .map(({ feed }) => feed)
      .sort(),
  ).toEqual(['ebet-main SEQ_NO_FAILURE', 'vertexplay-main BET']);

  const held = await readCoverage(config, range);
  expect(
    held.map(({ account, complete, missing, lost }) => [account, complete, missing, lost]).sort(),
  ).toEqual([
    ['ebet-main', true, 0, 0],
    ['vertexplay-main', true, 0, 0],
  ]);

  const world = { ...createWorld(), cwd: folder };
  const ask = { config, what: 'bets', format: 'csv', range, account: undefined, io: world };
  expect(await exportRows({ ...ask, output: 'bets.csv' })).toBe(0);
  const lines = readFileSync(join(folder, 'bets.csv'), 'utf8').trim().split('\r\n');
  expect(lines[0]).toMatch(/\bnetWin\b/);
  expect(lines.length).toBeGreaterThan(100);
  expect(world.err()).toBe('');
});

it('works through the serve that holds the archive', async () => {
  const { config } = await openHarness(['hotroad']);
  const range = someHour();
  const server = createWorld();
  const serving = serve({ config, port: 0, io: server });
  await server.until('countroom answers at http://127.0.0.1:');

  const filler = createWorld();
  expect(await backfill({ config, range, account: 'hotroad-main', kind: 'TRANSFER', io: filler })).toBe(0);
  const table = createWorld();
  expect(await coverage({ config, range, account: undefined, json: false, io: table })).toBe(0);
  expect(table.out()).toMatch(/hotroad-main │ BET\s+│ 0 %\s+│ 0 %\s+│ 1h\s+│/);
  expect(table.out()).toMatch(/hotroad-main │ TRANSFER │ 100 %/);

  server.stop();
  expect(await serving).toBe(0);
  expect(server.out().trim().split('\n')).toHaveLength(1);
});

it('lets only its own user’s commands in where keys are asked for', async () => {
  const harness = await openHarness(['ebet'], (file) => ({
    ...file,
    auth: { apiKeys: [{ name: 'bi', key: 'some-key-of-these-tests', role: 'bi' }] },
  }));
  const server = createWorld();
  const serving = serve({ config: harness.config, port: 0, io: server });
  await server.until('\n');
  const url = server.out().trim().split(' ').at(-1);
  expect((await fetch(`${url}/graphql?query=%7B__typename%7D`)).status).toBe(401);
  expect(await readCoverage(harness.config)).toHaveLength(1);
  server.stop();
  await serving;
});

it('names the gaps that waiting does not close, and fails', async () => {
  const { config, host } = await openHarness(['oneapi']);
  host.inject('oneapi', 'html', 100);
  const io = createWorld();
  expect(await backfill({ config, range: someHour(), ...everything, io })).toBe(1);
  expect(io.err()).toMatch(/oneapi-main BET .* – .*: PROVIDER_ERROR \(/);
});

it('makes the folder of the file it writes, or names the file that cannot be written', async () => {
  const { config, folder } = await openHarness(['ebet']);
  const io = { ...createWorld(), cwd: folder };
  const ask = { config, what: 'failures', format: 'csv', range: someHour(), account: undefined, io };
  expect(await exportRows({ ...ask, output: 'no/such/x.csv' })).toBe(0);
  expect(readFileSync(join(folder, 'no/such/x.csv'), 'utf8')).toMatch(/^\W*\w+,/);
  await expect(exportRows({ ...ask, output: 'countroom.yaml/x.csv' })).rejects.toThrow(
    /^--output: expected a file that can be written, got .*countroom\.yaml/,
  );
});

it('says that an export has gaps, and refuses formats there are not', async () => {
  const { config } = await openHarness(['ebet']);
  const io = createWorld();
  const ask = { config, range: someHour(), account: undefined, output: undefined, io };
  expect(await exportRows({ ...ask, what: 'failures', format: 'ndjson' })).toBe(0);
  expect(io.out()).toBe('');
  expect(io.err()).toMatch(/not complete: 1 gaps/);
  await expect(exportRows({ ...ask, what: 'bets', format: 'xls' })).rejects.toThrow(
    '--format: expected one of csv, ndjson, parquet, xlsx, got "xls"; did you mean "xlsx"?',
  );
  await expect(exportRows({ ...ask, what: 'bet', format: 'csv' })).rejects.toThrow(/did you mean "bets"\?/);
});

/** The starts of the windows that were read, as often as they were; a call that a busy machine brought too soon was not. */
function windowsOf(harness: Awaited<ReturnType<typeof openHarness>>): number[] {
  const calls = harness.sandboxes['vertexplay']!.calls.filter(({ refused }) => refused === null);
  return calls.flatMap(({ interval }) => (interval === null ? [] : interval.from)).sort((a, b) => a - b);
}

it('goes on where it was stopped, and asks for nothing again', async () => {
  const harness = await openHarness(['vertexplay']);
  const range = { from: someHour().from - 3 * 3_600_000, to: someHour().to };
  const first = createWorld();
  const stopped = expect(
    backfill({ config: harness.config, range, ...everything, io: first }),
  ).rejects.toThrow(/abort/i);
  await expect.poll(() => windowsOf(harness).length, { interval: 5 }).toBeGreaterThan(2);
  first.stop();
  await stopped;
  const read = windowsOf(harness).length;
  expect(read).toBeLessThan(24);
  expect(await backfill({ config: harness.config, range, ...everything, io: createWorld() })).toBe(0);
  expect(new Set(windowsOf(harness)).size).toBe(24);
  expect(windowsOf(harness)).toHaveLength(24);
});

it('shares the work with another backfill on one PostgreSQL', async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const archive = { url: await postgres.createDatabase() };
  const harness = await openHarness(['vertexplay'], (file) => ({ ...file, archive }));
  const range = { from: someHour().from - 3_600_000, to: someHour().to };
  const fill = () => backfill({ config: harness.config, range, ...everything, io: createWorld() });
  expect(await Promise.all([fill(), fill()])).toEqual([0, 0]);
  expect(new Set(windowsOf(harness)).size).toBe(12);
  expect(windowsOf(harness)).toHaveLength(12);
  expect((await readCoverage(harness.config, range)).map(({ complete }) => complete)).toEqual([true]);
});

it('stops when told to, and goes on the next time', async () => {
  const { config } = await openHarness(['vertexplay']);
  const range = someHour();
  const io = createWorld();
  io.stop();
  await expect(backfill({ config, range, ...everything, io })).rejects.toThrow(/abort/i);
  expect(await backfill({ config, range, ...everything, io: createWorld() })).toBe(0);
});
