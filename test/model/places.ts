import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { sameName } from '../archive/conformance/store.ts';
import { startPostgres } from '../archive/postgres-server.ts';

/** An archive as each of several processes opens it; `reopen` closes and opens it again where one process has it. */
export interface Place {
  readonly processes: number;
  archive(process: number): KeptArchive;
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export async function openDuckDb(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'countroom-model-'));
  const open = () => createDuckDbArchive({ path: join(folder, 'a.duckdb'), playerOf: sameName });
  let archive = await open();
  return {
    processes: 1,
    archive: () => archive,
    async reopen() {
      await archive.close();
      archive = await open();
    },
    async close() {
      await archive.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export async function openPostgres(): Promise<Place> {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const open = () => createPostgresArchive({ url, playerOf: sameName, leaseMs: 120 });
  const archives = [await open(), await open()] as const;
  return {
    processes: 2,
    archive: (process) => archives[process === 0 ? 0 : 1],
    reopen: async () => {},
    async close() {
      for (const archive of archives) await archive.close();
      await server.stop();
    },
  };
}
