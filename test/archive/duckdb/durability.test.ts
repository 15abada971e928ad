import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entryPoints } from '../../../scripts/bundle.ts';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { type Built, buildPrograms } from '../../built.ts';
import { all, bet, read } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';
import { type Committer, startCommitter } from './process.ts';

describe('the DuckDB file', () => {
  let programs: Built;
  beforeAll(async () => {
    programs = await buildPrograms({
      'chunks/committer': 'test/archive/duckdb/committer.ts',
      'chunks/worker': entryPoints['chunks/worker'],
    });
  });
  afterAll(() => programs.remove());
  const start = (args: readonly string[], shell?: string) =>
    startCommitter(programs.file('chunks/committer'), args, shell);

  let folder: string;
  let path: string;
  let committer: Committer | null = null;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countroom-file-'));
    path = join(folder, 'countroom.duckdb');
  });
  afterEach(async () => {
    await committer?.kill();
    await rm(folder, { recursive: true });
  });

  const open = () => createDuckDbArchive({ path, playerOf: sameName });

  it('keeps rows and ledger in step through kill -9 while committing', async () => {
    let next = 0;
    for (const commits of [1, 4, 9]) {
      committer = start([path, String(next), '300']);
      const last = next + commits;
      for (; next < last; next += 1) expect(await committer.line('committed')).toBe(`committed ${next}`);
      await committer.kill();
      const archive = await open();
      next = await expectInStep(archive, last);
      await archive.close();
    }
  });

  it('is refused to a second process, which is told who holds it, and to a second opening in one', async () => {
    committer = start([path, '0', '10']);
    await committer.line('opened');
    const holder = new RegExp(`held by process ${committer.child.pid} `);
    await expect(open()).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
      message: expect.stringMatching(holder),
    });
    await committer.kill();
    const archive = await open();
    await expect(open()).rejects.toThrow(/open in this process already/);
    await archive.close();
    await (await open()).close();
  });

  it('says what is wrong with a file that is no archive', async () => {
    await writeFile(path, 'not a database '.repeat(1_000));
    await expect(open()).rejects.toThrow(/countroom\.duckdb: the file is no DuckDB database/);
    await expect(createDuckDbArchive({ path: folder, playerOf: sameName })).rejects.toThrow(/directory/i);
    await expect(createDuckDbArchive({ path: join(path, 'x'), playerOf: sameName })).rejects.toMatchObject({
      code: 'ARCHIVE_UNAVAILABLE',
    });
  });

  it.runIf(process.platform === 'linux').each([
    ['log', 4_000],
    ['file', 22_000],
  ])('rolls back on a full disk (the %s), says so, and goes on once there is room', async (_, limitKb) => {
    committer = start([path, '0', '500', '6000'], `trap '' XFSZ; ulimit -S -f ${limitKb};`);
    const failed = await committer.line('failed');
    expect(failed).toMatch(/^failed \d+ ArchiveError: .*the disk is full/);
    const turn = Number(failed?.split(' ')[1]);
    await promisify(execFile)('prlimit', ['--pid', String(committer.child.pid), '--fsize=unlimited']);
    committer.child.send('again');
    expect(await committer.line('committed')).toBe(`committed ${turn}`);
    await committer.kill();
    const archive = await open();
    await expectInStep(archive, turn + 1);
    await archive.close();
  });

  it('finishes what it was given before it closes, and answers nothing more', async () => {
    const archive = await open();
    const committed = archive.commit(read('a', { rows: [bet('b', 1)] }));
    await archive.close();
    await archive.close();
    expect(await committed).toMatchObject({ inserted: 1 });
    await expect(archive.commit(read('a'))).rejects.toThrow(/it is closed/);
    await expect(
      archive
        .stream(all('BET', ['a']))
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow(/it is closed/);
  });

  /** Every interval the ledger has holds exactly the rows it counts; `atLeast` of them were acknowledged. */
  async function expectInStep(archive: KeptArchive, atLeast: number): Promise<number> {
    const parts = await archive.ledger({ account: 'a', kind: 'BET' }, { from: 0, to: 1e9 });
    expect(parts.length).toBeGreaterThanOrEqual(atLeast);
    // Each read moved one row out of the interval before it.
    const moved = parts.length - 1;
    const counted = parts.reduce((total, part) => total + (part.rows ?? 0), 0);
    expect(await archive.count({ ...all('BET', ['a']), range: { from: 0, to: parts.length * 10 } })).toBe(
      counted - moved,
    );
    expect(await archive.count(all('BET', ['a']))).toBe(counted - moved);
    return parts.length;
  }
});
