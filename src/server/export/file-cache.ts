import { createReadStream, type ReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteRange } from './byte-range.ts';

/** A file that was made, for as long as somebody reads it and a while longer. */
export interface KeptFile {
  readonly size: number;
  /** The bytes of a part, or (null) of all of it. */
  read(part: ByteRange | null): ReadStream;
}

/** Files by what they were made of: whoever asks for parts of one in turn gets parts of the same. */
export interface FileCache {
  /** The file of that key; `write` makes it at the path it is given where it is not there. */
  open(key: string, write: (path: string) => Promise<unknown>): Promise<KeptFile>;
  close(): Promise<void>;
}

interface Entry extends KeptFile {
  readonly folder: string;
  readers: number;
  leaves: NodeJS.Timeout | null;
}

/** Keeps each file for `keepMs` after it was last asked for. */
export function createFileCache(keepMs = 60_000): FileCache {
  const entries = new Map<string, Promise<Entry>>();

  async function make(write: (path: string) => Promise<unknown>): Promise<Entry> {
    const folder = await mkdtemp(join(tmpdir(), 'countroom-export-'));
    const path = join(folder, 'rows');
    try {
      await write(path);
      const { size } = await stat(path);
      const entry: Entry = {
        size,
        folder,
        readers: 0,
        leaves: null,
        read(part) {
          const stream = createReadStream(path, { highWaterMark: 256 * 1024, ...part });
          entry.readers += 1;
          stream.once('close', () => {
            entry.readers -= 1;
          });
          return stream;
        },
      };
      return entry;
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  function expire(key: string, entry: Entry): void {
    if (entry.leaves !== null) clearTimeout(entry.leaves);
    entry.leaves = setTimeout(() => {
      if (entry.readers > 0) return expire(key, entry);
      entries.delete(key);
      // What cannot be removed lies in the system's temporary folder, which is emptied without us.
      rm(entry.folder, { recursive: true, force: true }).catch(() => {});
    }, keepMs);
    entry.leaves.unref();
  }

  return {
    async open(key, write) {
      const under = entries.get(key) ?? make(write);
      entries.set(key, under);
      try {
        const entry = await under;
        expire(key, entry);
        return entry;
      } catch (error) {
        if (entries.get(key) === under) entries.delete(key);
        throw error;
      }
    },
    async close() {
      const all = [...entries.values()];
      entries.clear();
      for (const made of await Promise.allSettled(all)) {
        if (made.status === 'rejected') continue;
        if (made.value.leaves !== null) clearTimeout(made.value.leaves);
        await rm(made.value.folder, { recursive: true, force: true });
      }
    },
  };
}
