import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import type { Published } from '../../../src/commands/publish/manifest.ts';
import { type PublishAsk, publish, startOfDay } from '../../../src/commands/publish/publish.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { Bet } from '../../../src/records/record.ts';
import { sameName } from '../../archive/conformance/store.ts';
import { createBet, createCommit, createTransfer, DAY, HOUR, NOON } from '../../graph/harness.ts';
import { createWorld, openHarness } from '../harness.ts';

const bets = [
  createBet('b1', NOON - DAY, { stake: decimal('10.000000000000000001') }),
  createBet('b2', NOON - DAY - HOUR, { stake: decimal('2.5') }),
  createBet('b3', NOON - 2 * DAY, { stake: decimal('3') }),
];
const open = createBet('today', NOON);

async function openPublishing(later: readonly Bet[] = []) {
  const { config, folder } = await openHarness(['vertexplay', 'hotroad']);
  async function commit(rows: readonly Bet[]) {
    const path = join(folder, 'archive.duckdb');
    const archive = await createDuckDbArchive({ path, playerOf: sameName, clock: () => NOON });
    await archive.commit(createCommit('vertexplay-main', 'BET', rows));
    await archive.commit(createCommit('hotroad-main', 'TRANSFER', [createTransfer('t1', NOON - DAY)]));
    await archive.close();
  }
  await commit([...bets, open, ...later]);
  async function run(over: Partial<PublishAsk> = {}) {
    const io = { ...createWorld(), cwd: folder };
    const ask = { config, to: 'out', every: 'day', from: null, until: null, account: undefined };
    const days = { timeZone: 'UTC', dayStartsAt: '00:00', force: false, json: true };
    const code = await publish({ ...ask, ...days, io, clock: () => NOON, ...over });
    return { code, told: JSON.parse(io.out()) as Record<string, readonly string[]>, err: io.err() };
  }
  const out = join(folder, 'out');
  const manifest = () => JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Published;
  return { out, commit, run, manifest };
}

const yesterday = 'bets/account=vertexplay-main/day=2026-11-20/bets.parquet';
const before = 'bets/account=vertexplay-main/day=2026-11-19/bets.parquet';
const transfers = 'transfers/account=hotroad-main/day=2026-11-20/transfers.parquet';

it('writes a Parquet file for every account and day that is over, then the manifest', async () => {
  const { out, run, manifest } = await openPublishing();
  const { code, told } = await run();
  expect([code, told['written']]).toEqual([0, [before, yesterday, transfers]]);
  const { files, ...head } = manifest();
  expect(head).toMatchObject({ version: 1, every: 'day', timeZone: 'UTC', dayStartsAt: '00:00' });
  expect(files.find(({ path }) => path === yesterday)).toMatchObject({
    ...{ name: 'bets', account: 'vertexplay-main', provider: 'VERTEXPLAY', day: '2026-11-20', rows: 2 },
    sums: [{ currency: 'THB', rows: 2, stake: '12.500000000000000001' }],
    bytes: readFileSync(join(out, yesterday)).length,
  });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(
    `SELECT account, CAST(day AS VARCHAR), CAST(sum(stake) AS VARCHAR), count(*) FROM read_parquet('${out}/bets/*/*/*.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY 2`,
  );
  expect(rows.getRows()).toEqual([
    ['vertexplay-main', '2026-11-19', '3.000000000000000000', 1n],
    ['vertexplay-main', '2026-11-20', '12.500000000000000001', 2n],
  ]);
  connection.closeSync();
  instance.closeSync();
  const leftOver = readdirSync(out, { recursive: true }).filter((path) => String(path).endsWith('.part'));
  expect(leftOver).toEqual([]);
});

it('writes again what changed, and nothing else', async () => {
  const { out, commit, run, manifest } = await openPublishing();
  await run();
  expect((await run()).told['written']).toEqual([]);
  const first = manifest().files;
  await commit([
    { ...bets[2]!, raw: '{"revised":true}', stake: decimal('4'), versionAt: NOON },
    ...bets.slice(0, 2),
    open,
  ]);
  expect((await run()).told['written']).toEqual([before]);
  expect(manifest().files.find(({ path }) => path === before)?.sums).toMatchObject([{ stake: '4' }]);
  expect(manifest().files.find(({ path }) => path === yesterday)).toEqual(
    first.find(({ path }) => path === yesterday),
  );
  rmSync(join(out, yesterday));
  expect((await run()).told['written']).toEqual([yesterday]);
  expect((await run({ force: true })).told['written']).toEqual([before, yesterday, transfers]);
});

it('empties the file of a day that all rows left', async () => {
  const { commit, run, manifest } = await openPublishing();
  await run();
  const moved = {
    ...bets[2]!,
    axisAt: NOON - DAY,
    countedAt: NOON - DAY,
    settledAt: NOON - DAY,
    versionAt: NOON,
  };
  await commit([moved as Bet, ...bets.slice(0, 2), open]);
  expect((await run()).told['written']).toEqual([before, yesterday]);
  expect(manifest().files.map(({ path, rows }) => [path, rows])).toEqual([
    [before, 0],
    [yesterday, 3],
    [transfers, 1],
  ]);
});

it('takes a range, an account, and business days of another zone', async () => {
  const { run, manifest } = await openPublishing();
  const today = await run({ until: NOON + HOUR, account: 'vertexplay-main' });
  expect(today.told['written']).toHaveLength(3);
  await expect(run({ timeZone: 'Asia/Manila' })).rejects.toThrow('has days of UTC from 00:00');
  const manila = await run({ to: 'manila', timeZone: 'Asia/Manila', dayStartsAt: '06:00' });
  expect(manila.told['written']).toEqual([before, yesterday, transfers]);
  expect(manifest().files).toHaveLength(3);
});

it('says which days are not whole', async () => {
  const { run } = await openPublishing();
  expect((await run()).told['incomplete']).toEqual([before, yesterday, transfers]);
  expect(startOfDay(NOON, 'Asia/Manila', '06:00')).toBe(Date.UTC(2026, 10, 20, 22));
});

it('refuses what it cannot do by naming it', async () => {
  const { out, run } = await openPublishing();
  await expect(run({ every: 'hour' })).rejects.toThrow('--every: expected day');
  await expect(run({ timeZone: 'Mars' })).rejects.toThrow('--time-zone');
  await expect(run({ from: NOON, until: NOON - 2 * DAY })).rejects.toThrow('--from');
  expect(existsSync(out)).toBe(false);
});
