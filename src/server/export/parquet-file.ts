import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The bytes of a file that `write` makes at the path it is given, in a folder of its own that goes with the file: once
 * the bytes were taken or given up, or where writing fails.
 */
export async function writeTemporary(
  write: (path: string) => Promise<unknown>,
): Promise<AsyncIterable<Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-export-'));
  const path = join(folder, 'rows');
  try {
    await write(path);
    return takeOnce(path, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function* takeOnce(path: string, folder: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
