import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { copyArchive } from '../../src/commands/copy-archive.ts';
import { bet, read } from '../archive/conformance/sample.ts';
import { sameName } from '../archive/conformance/store.ts';
import { createWorld } from './harness.ts';

async function openFolder() {
  const cwd = mkdtempSync(join(tmpdir(), 'countroom-copying-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const archive = await createDuckDbArchive({ path: join(cwd, 'a.duckdb'), playerOf: sameName });
  await archive.commit(read('a', { interval: { from: 0, to: 10 }, rows: [bet('one', 1), bet('two', 2)] }));
  return { archive, io: { ...createWorld(), cwd } };
}

it('copies by the addresses a configuration has, and tells what arrived', async () => {
  const { archive, io } = await openFolder();
  const ask = { from: 'duckdb:./a.duckdb', to: 'duckdb:new/b.duckdb', readable: false, json: true, io };
  await archive.close();
  expect(await copyArchive(ask)).toBe(0);
  const copied = JSON.parse(io.out()) as { table: string; rows: number; checksum: string }[];
  expect(copied.find(({ table }) => table === 'bets')).toMatchObject({ rows: 2 });
  expect(copied.find(({ table }) => table === 'intervals')).toMatchObject({ rows: 1 });
  expect(io.err()).toContain('{"table":"bets","rows":2,"of":2}');
  await expect(copyArchive(ask)).rejects.toThrow(/expected an empty archive/);
});

it('says what it cannot take for an archive, and no password of it', async () => {
  const { archive, io } = await openFolder();
  const ask = { from: 'duckdb:./a.duckdb', to: 'duckdb:./b.duckdb', readable: false, json: false, io };
  await expect(copyArchive({ ...ask, to: 'duckdb:a.duckdb' })).rejects.toThrow(/got the same/);
  await expect(copyArchive({ ...ask, to: 'mysql://root:secret@host/db' })).rejects.toThrow(
    'TO: expected duckdb:FILE or postgres://user:password@host:5432/database',
  );
  await expect(copyArchive({ ...ask, from: 'duckdb::memory:' })).rejects.toMatchObject({ code: 'USAGE' });
  await archive.close();
  await expect(copyArchive({ ...ask, from: 'duckdb:./none.duckdb' })).rejects.toMatchObject({
    code: 'ARCHIVE_UNAVAILABLE',
  });
  expect(existsSync(join(io.cwd, 'b.duckdb'))).toBe(false);
});
