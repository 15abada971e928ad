import { mkdtemp, open, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainFault } from '../../../src/archive/duckdb/faults.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { all, bet, firstPage, read } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countroom-damage-'));
  path = join(folder, 'countroom.duckdb');
});
afterEach(() => rm(folder, { recursive: true }));

const openArchive = () => createDuckDbArchive({ path, playerOf: sameName });
const remedy = /restore a copy of it; or, .* \(countroom copy-archive\) .*; or begin with a new file/;

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

/** Where a block that holds bets begins in the file: after three headers, each block of 256 KiB after the other. */
async function placeOfRows(): Promise<number> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    "SELECT min(block_id)::DOUBLE FROM pragma_storage_info('bets') WHERE column_name = 'raw' AND block_id >= 0",
  );
  connection.closeSync();
  instance.closeSync();
  return 12_288 + Number(found.getRows()[0]?.[0]) * 262_144;
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
    const at = await placeOfRows();
    await spoil(at + 1_000, at + 1_100);
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
