import { afterAll, beforeAll } from 'vitest';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { sameName } from './conformance/store.ts';
import { describeArchive, type Store } from './conformance.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function createStore(): Promise<Store> {
  const url = await server.createDatabase();
  return {
    open: ({ playerOf = sameName, clock } = {}) => createPostgresArchive({ url, playerOf, clock }),
    drop: async () => {
      await server.run(`DROP DATABASE ${new URL(url).pathname.slice(1)}`);
    },
  };
}

describeArchive('PostgreSQL', createStore);
