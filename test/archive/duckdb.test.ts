import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { sameName } from './conformance/store.ts';
import { describeArchive, type Store, type StoreOptions } from './conformance.ts';

async function createStore({ durable = false }: StoreOptions = {}): Promise<Store> {
  const folder = durable ? await mkdtemp(join(tmpdir(), 'countroom-archive-')) : null;
  const path = folder === null ? ':memory:' : join(folder, 'deep', 'countroom.duckdb');
  return {
    open: ({ playerOf = sameName, clock } = {}) => createDuckDbArchive({ path, playerOf, clock }),
    async drop() {
      if (folder !== null) await rm(folder, { recursive: true });
    },
  };
}

describeArchive('DuckDB', createStore);
