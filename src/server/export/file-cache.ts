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

export interface FileCacheOptions {
  /** How long a file is kept after it was last asked for. @default 60_000 */
  readonly keepMs?: number;
  /** How much all files may take up together; beyond it those that nobody reads go, the oldest first. @default 1 GiB */
  readonly mostBytes?: number;
}

/** Keeps files that were made, so long and so many. */
export function createFileCache({ keepMs = 60_000, mostBytes = 2 ** 30 }: FileCacheOptions = {}): FileCache {
  const entries = new Map<string, Promise<Entry>>();
  const kept = new Map<string, Entry>();

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
      remove(key, entry);
    }, keepMs);
    entry.leaves.unref();
  }

  function remove(key: string, entry: Entry): void {
    entries.delete(key);
    kept.delete(key);
    if (entry.leaves !== null) clearTimeout(entry.leaves);
    // What cannot be removed lies in the system's temporary folder, which is emptied without us.
    rm(entry.folder, { recursive: true, force: true }).catch(() => {});
  }

  /** Makes room for what was made last, which stays: whoever asked for it is about to read it. */
  function makeRoom(last: string): void {
    let bytes = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [key, entry] of kept) {
      if (bytes <= mostBytes) return;
      if (key === last || entry.readers > 0) continue;
      remove(key, entry);
      bytes -= entry.size;
    }
  }

  return {
    async open(key, write) {
      const under = entries.get(key) ?? make(write);
      entries.set(key, under);
      try {
        const entry = await under;
        kept.delete(key);
        kept.set(key, entry);
        expire(key, entry);
        makeRoom(key);
        return entry;
      } catch (error) {
        if (entries.get(key) === under) entries.delete(key);
        throw error;
      }
    },
    async close() {
      const all = [...entries.values()];
      entries.clear();
      kept.clear();
      for (const made of await Promise.allSettled(all)) {
        if (made.status === 'rejected') continue;
        if (made.value.leaves !== null) clearTimeout(made.value.leaves);
        await rm(made.value.folder, { recursive: true, force: true });
      }
    },
  };
}
