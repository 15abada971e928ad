import type { DuckDBConnection } from '@duckdb/node-api';
import type { Username } from '../archive.ts';
import { listOf } from './values.ts';

export interface Names {
  /** Writes what is new or named otherwise, inside the transaction that is open; `keep` once it stands. */
  write(connection: DuckDBConnection, names: readonly Username[]): Promise<{ keep(): void }>;
  all(): Username[];
}

/** The usernames ever seen, held in memory so that a commit writes only the few that are new. */
export async function loadNames(connection: DuckDBConnection): Promise<Names> {
  const known = new Map<string, Username>();
  const result = await connection.runAndReadAll('SELECT account, username, player FROM names');
  for (const [account, username, player] of result.getRowsJson()) {
    const name = { account: String(account), username: String(username), player: String(player) };
    known.set(idOf(name), name);
  }

  return {
    async write(writing, names) {
      const fresh = names.filter((name) => known.get(idOf(name))?.player !== name.player);
      const renamed = fresh.filter((name) => known.has(idOf(name)));
      if (renamed.length > 0) {
        await writing.run(
          `DELETE FROM names WHERE (account, username) IN (SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]))`,
          [column(renamed, 'account'), column(renamed, 'username')],
        );
      }
      if (fresh.length > 0) {
        await writing.run(
          `INSERT INTO names SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])`,
          [column(fresh, 'account'), column(fresh, 'username'), column(fresh, 'player')],
        );
      }
      return {
        keep() {
          for (const name of fresh) known.set(idOf(name), name);
        },
      };
    },
    all: () => [...known.values()],
  };
}

function idOf(name: Username): string {
  return JSON.stringify([name.account, name.username]);
}

function column(names: readonly Username[], field: keyof Username) {
  return listOf(names.map((name) => name[field]));
}
