import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, onTestFinished } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { verify } from '../../src/commands/verify.ts';
import { bet, read } from '../archive/conformance/sample.ts';
import { sameName } from '../archive/conformance/store.ts';
import { createWorld } from './harness.ts';

it('ends with 0 where rows and ledger agree, and with 1 and what differs where they do not', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'countroom-verifying-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const path = join(cwd, 'a.duckdb');
  const archive = await createDuckDbArchive({ path, playerOf: sameName });
  await archive.commit(read('a', { interval: { from: 0, to: 10 }, rows: [bet('one', 1), bet('two', 2)] }));
  await archive.close();
  const config = { archive: { url: 'duckdb:./a.duckdb' } } as Parameters<typeof verify>[0]['config'];
  const clean = { ...createWorld(), cwd };
  expect(await verify({ config, json: false, io: clean })).toBe(0);
  expect(clean.out()).toBe(
    '2 rows, 1 reads as they were listed, 0 that cannot be compared any more, 0 differences\n',
  );

  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("DELETE FROM bets WHERE key = 'two'");
  connection.closeSync();
  instance.closeSync();
  const wrong = { ...createWorld(), cwd };
  expect(await verify({ config, json: true, io: wrong })).toBe(1);
  expect(JSON.parse(wrong.out())).toMatchObject({
    rows: 1,
    differences: [expect.stringMatching(/listed 2 rows, the archive has 1$/)],
  });
});
