import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnavailableError } from '../../errors.ts';
import type { Target } from './target.ts';

/** A folder of this machine. A file is written under another name and then renamed, so that no reader sees a part of it. */
export function createFolder(folder: string): Target {
  return {
    name: folder,
    async read(path) {
      return readFile(join(folder, path)).catch(nullIfAbsent);
    },
    async size(path) {
      return stat(join(folder, path)).then(({ size }) => size, nullIfAbsent);
    },
    async write(path, bytes) {
      const target = join(folder, path);
      const part = `${target}.${process.pid}.part`;
      try {
        await mkdir(dirname(target), { recursive: true });
        await writeFile(part, bytes, { flush: true });
        await rename(part, target);
      } catch (error) {
        await rm(part, { force: true }).catch(() => {});
        throw unwritable(error);
      }
    },
  };
}

function nullIfAbsent(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}

function unwritable(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UnavailableError(`--to: expected a folder that can be written, got ${error.message}`, {
    cause: error,
  });
}
