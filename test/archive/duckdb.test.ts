import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { sameName } from './conformance/store.ts';
import { describeArchive, type Store } from './conformance.ts';

async function createStore(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-archive-'));
  const path = join(folder, 'deep', 'countroom.duckdb');
  return {
    open: ({ playerOf = sameName, clock } = {}) => createDuckDbArchive({ path, playerOf, clock }),
    drop: () => rm(folder, { recursive: true }),
  };
}

describeArchive('DuckDB', createStore);
