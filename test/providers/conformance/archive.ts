import type { KeptArchive } from '../../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { createPostgresStore } from '../../archive/postgres/store.ts';
import { startPostgres } from '../../archive/postgres-server.ts';

export interface OpenedArchive {
  readonly archive: KeptArchive;
  close(): Promise<void>;
}

/** An empty archive for the fault matrix: DuckDB in the suite, PostgreSQL where `FAULTS_ARCHIVE` says so. */
export async function openArchive(): Promise<OpenedArchive> {
  if (process.env['FAULTS_ARCHIVE'] !== 'postgres') {
    const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, username) => username });
    return { archive, close: () => archive.close() };
  }
  const server = await startPostgres();
  const store = await createPostgresStore(server);
  const archive = await store.open();
  return {
    archive,
    async close() {
      await archive.close();
      await server.stop();
    },
  };
}
