import { createPostgresArchive, type PostgresArchive } from '../../../src/archive/postgres/index.ts';
import { type OpenOptions, type Store, sameName } from '../conformance/store.ts';
import type { PostgresServer } from '../postgres-server.ts';

/** An empty database, whose archive may be opened several times at once as by several processes. */
export interface PostgresStore extends Store {
  readonly url: string;
  open(
    options?: OpenOptions & { readonly leaseMs?: number; readonly readOnly?: boolean },
  ): Promise<PostgresArchive>;
}

export async function createPostgresStore(server: PostgresServer): Promise<PostgresStore> {
  const url = await server.createDatabase();
  return {
    url,
    open: ({ playerOf = sameName, ...options } = {}) => createPostgresArchive({ url, playerOf, ...options }),
    drop: async () => {
      await server.run(`DROP DATABASE ${new URL(url).pathname.slice(1)}`);
    },
  };
}
