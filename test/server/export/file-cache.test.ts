import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFileCache } from '../../../src/server/export/file-cache.ts';

test('files take up no more than they may together: those that nobody reads go, the oldest first', async () => {
  const files = createFileCache({ mostBytes: 250 });
  onTestFinished(() => files.close());
  const folders: string[] = [];
  const open = (key: string) =>
    files.open(key, async (path) => {
      folders.push(dirname(path));
      await writeFile(path, 'x'.repeat(100));
    });
  const read = (await open('a')).read(null);
  await open('b');
  await open('c');
  await expect.poll(() => folders.map((folder) => existsSync(folder))).toEqual([true, false, true]);
  read.destroy();
  await open('b');
  await expect.poll(() => folders.map((folder) => existsSync(folder))).toEqual([false, false, true, true]);
});
