import { constants, existsSync } from 'node:fs';
import { copyFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

// What the migration itself may need beside the copy.
const SPARE_BYTES = 64 * 1024 * 1024;

/**
 * Copies a closed DuckDB file, and the log beside it where there is one, to a name that says which release left it so.
 * Where the disk has no room nothing is copied. Returns a note for the operator that says which it was.
 */
export async function keepCopy(
  path: string,
  release: string,
  freeBytes: (folder: string) => Promise<number> = freeOnDisk,
): Promise<string> {
  const kept = `${path}.${release}.bak`;
  const wal = existsSync(`${path}.wal`);
  const bytes = (await stat(path)).size + (wal ? (await stat(`${path}.wal`)).size : 0);
  const free = await freeBytes(dirname(path));
  if (free < bytes + SPARE_BYTES) {
    return `no copy of the file was kept: ${mb(bytes + SPARE_BYTES)} MB were needed on its disk, ${mb(free)} MB are free`;
  }
  // An older copy stands until the new one is whole; without its log it would be another state.
  const partial = `${kept}.partial`;
  try {
    await copyFile(path, partial, constants.COPYFILE_FICLONE);
    if (wal) await copyFile(`${path}.wal`, `${partial}.wal`, constants.COPYFILE_FICLONE);
    await rm(`${kept}.wal`, { force: true });
    await rename(partial, kept);
    if (wal) await rename(`${partial}.wal`, `${kept}.wal`);
  } catch (error) {
    await rm(partial, { force: true });
    await rm(`${partial}.wal`, { force: true });
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') throw error;
    return `no copy of the file was kept: its disk is full (${String(code)})`;
  }
  return `the file as ${release} left it is kept as ${kept}`;
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function mb(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}
