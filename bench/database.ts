import { createDatabase, type Database } from '../src/archive/postgres/database.ts';

/** One connection to an archive's database, without any of the archive's own time limits. */
export function openDatabase(url: string): Database {
  return createDatabase({ url, name: 'bench', connections: 1, statementMs: 0, idleMs: 0, patienceMs: 0 });
}
