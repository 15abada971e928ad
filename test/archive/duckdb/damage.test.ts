import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainFault } from '../../../src/archive/duckdb/faults.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { copyArchive } from '../../../src/commands/copy-archive.ts';
import { createWorld } from '../../commands/harness.ts';
import { all, bet, firstPage, read, transfer } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countroom-damage-'));
  path = join(folder, 'countroom.duckdb');
});
afterEach(() => rm(folder, { recursive: true }));

const openArchive = () => createDuckDbArchive({ path, playerOf: sameName });
const remedy =
  /restore a copy of it; or .* \(countroom copy-archive --readable\) .*; or begin with a new file/;

/** An archive of some megabytes, closed. */
async function fill(): Promise<number> {
  const archive = await openArchive();
  for (let turn = 0; turn < 2; turn += 1) {
    const rows = Array.from({ length: 2_000 }, (_, index) => bet(`${turn}-${index}`, turn * 10_000 + index));
    await archive.commit(read('vp', { rows }));
  }
  await archive.close();
  return (await stat(path)).size;
}

/**
 * Where the blocks begin that hold records of bets and nothing else: after three headers, each block of 256 KiB after
 * the other. How many there are, and what shares a block with what, depends on when the engine wrote to the file.
 */
async function placesOfRows(): Promise<[number, ...number[]]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const tables = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
  const held = tables
    .getRows()
    .map(
      ([table]) => `SELECT '${table}' AS held, column_name, block_id FROM pragma_storage_info('${table}')`,
    );
  const found = await connection.runAndReadAll(
    `SELECT block_id::DOUBLE FROM (${held.join(' UNION ALL ')}) WHERE block_id >= 0
     GROUP BY block_id HAVING bool_and(held = 'bets' AND column_name = 'raw') ORDER BY 1`,
  );
  connection.closeSync();
  instance.closeSync();
  const [first, ...others] = found.getRows().map(([block]) => 12_288 + Number(block) * 262_144);
  if (first === undefined) throw new Error('expected blocks of records alone, got none');
  return [first, ...others];
}

/** Writes over a part of the file. */
async function spoil(from: number, to: number): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(to - from, 0xa5), 0, to - from, from);
  await file.close();
}

describe('a damaged file', () => {
  it.each(['its head', 'its end'])(
    'is said to be so when it is opened without %s, with what to do',
    async (part) => {
      const size = await fill();
      if (part === 'its head') await spoil(4_100, 4_200);
      else await truncate(path, size / 2);
      const opened = openArchive();
      await expect(opened).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
      await expect(opened).rejects.toThrow(/the file is damaged/);
      await expect(opened).rejects.toThrow(remedy);
    },
  );

  it('is said to be so by a read that meets the damage, and from then on by its heartbeat', async () => {
    await fill();
    for (const at of await placesOfRows()) await spoil(at + 1_000, at + 1_100);
    const archive = await openArchive();
    expect(archive.heartbeat.trouble()).toBeNull();
    await expect(archive.page(firstPage(all('BET', ['vp'])))).rejects.toThrow(remedy);
    expect(archive.heartbeat.trouble()).toMatchObject({
      reason: expect.stringMatching(remedy),
      readable: true,
    });
    await archive.close().catch((error: unknown) => expect(error).toMatchObject({ general: true }));
  });
});

describe('what can be read of a damaged file', () => {
  it('is copied, and says which reads it lacks rows of, so that they are asked for again', async () => {
    const archive = await openArchive();
    const long = (index: number) => createHash('sha512').update(`${index}`).digest('hex').repeat(4);
    const window = (index: number) => ({ from: index * 3_600_000, to: (index + 1) * 3_600_000 });
    for (let index = 0; index < 20; index += 1) {
      const rows = Array.from({ length: 500 }, (_, at) =>
        bet(`${index}-${at}`, window(index).from + at, { raw: `{"text":"${long(index * 500 + at)}"}` }),
      );
      await archive.commit(read('vp', { interval: window(index), rows }));
      const other = { ...read('hrg', { interval: window(index) }), provider: 'hotroad' as const };
      await archive.commit({ ...other, kind: 'TRANSFER', rows: [transfer(`t${index}`, window(index).from)] });
    }
    await archive.close();
    const [at] = await placesOfRows();
    await spoil(at + 1_000, at + 1_100);

    const to = join(folder, 'copy.duckdb');
    const io = { ...createWorld(), cwd: folder };
    const ask = { from: `duckdb:${path}`, to: `duckdb:${to}`, json: true, io };
    await expect(copyArchive({ ...ask, readable: false })).rejects.toThrow(remedy);
    expect(await copyArchive({ ...ask, readable: true })).toBe(0);
    const { copied, lost } = JSON.parse(io.out()) as {
      copied: { table: string; rows: number }[];
      lost: { unread: { table: string; rows: number; of: object[] }[]; reads: { kind: string }[] };
    };
    const gone = lost.unread.reduce((sum, { rows }) => sum + rows, 0);
    expect(gone).toBeGreaterThan(0);
    expect(copied.find(({ table }) => table === 'bets')?.rows).toBe(10_000 - gone);
    expect(lost.unread[0]).toMatchObject({ table: 'bets', of: [{ account: 'vp' }] });
    expect(lost.reads.length).toBeGreaterThan(0);
    expect(lost.reads.every(({ kind }) => kind === 'BET')).toBe(true);

    const copy = await createDuckDbArchive({ path: to, playerOf: sameName });
    const range = { from: 0, to: window(20).from };
    const ledger = await copy.ledger({ account: 'vp', kind: 'BET' }, range);
    expect(ledger).toHaveLength(20 - lost.reads.length);
    expect(await copy.ledger({ account: 'hrg', kind: 'TRANSFER' }, range)).toHaveLength(20);
    // What is claimed as held is there, row for row.
    for (const part of ledger) {
      const found = await copy.count({ ...all('BET', ['vp']), range: part });
      expect(found).toBe(500);
    }
    await copy.close();
  });
});

it('says what to do where a query finds no room, neither in memory nor on the disk', async () => {
  const settings = { memory_limit: '64MB', max_temp_directory_size: '4MB' };
  const instance = await DuckDBInstance.create(path, settings);
  const connection = await instance.connect();
  const sorted = `SELECT * FROM (SELECT repeat('x', 200) || random() AS t FROM range(600000)) ORDER BY t`;
  const fault = await connection.run(sorted).catch((error: Error) => error.message);
  const error = explainFault('a.duckdb', String(fault));
  // Which of the two is said first is DuckDB's affair; commits need neither.
  expect(error.message).toMatch(/more room for temporary data .*: free some|more memory .*: give more/);
  expect(error).toMatchObject({ code: 'ARCHIVE_UNAVAILABLE', general: false });
  const full = 'Out of Memory Error: failed to offload data block of size 256.0 KiB (3.7 MiB/3.8 MiB used).';
  expect(explainFault('a.duckdb', full).message).toMatch(/more room for temporary data/);
  connection.closeSync();
  instance.closeSync();
});
