import type { DuckDBConnection } from '@duckdb/node-api';
import type { Username } from '../archive.ts';
import { listOf } from './values.ts';

export interface Names {
  /** Writes what is new or named otherwise, inside the transaction that is open; `keep` once it stands. */
  write(connection: DuckDBConnection, names: readonly Username[]): Promise<{ keep(): void }>;
}

// Usernames that come again and again are remembered; past this many, all are forgotten to free memory.
const MAX_REMEMBERED = 50_000;

/** The distinct usernames ever seen, each with the operator's name for it. */
export function createNames(): Names {
  const remembered = new Map<string, string>();

  return {
    async write(connection, names) {
      // Commits of one group may bring the same name: it stands once.
      const distinct = [...new Map(names.map((name) => [idOf(name), name])).values()];
      const unsure = distinct.filter((name) => remembered.get(idOf(name)) !== name.player);
      const standing = await standingNames(connection, unsure);
      const fresh = unsure.filter((name) => standing.get(idOf(name)) !== name.player);
      const renamed = fresh.filter((name) => standing.has(idOf(name)));
      if (renamed.length > 0) {
        await connection.run(
          `DELETE FROM names WHERE (account, username) IN (SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]))`,
          [column(renamed, 'account'), column(renamed, 'username')],
        );
      }
      if (fresh.length > 0) {
        await connection.run(
          `INSERT INTO names (account, username, player) SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])`,
          [column(fresh, 'account'), column(fresh, 'username'), column(fresh, 'player')],
        );
      }
      return {
        keep() {
          if (remembered.size > MAX_REMEMBERED) remembered.clear();
          for (const name of unsure) remembered.set(idOf(name), name.player);
        },
      };
    },
  };
}

/** Every name there is. */
export async function allNames(connection: DuckDBConnection): Promise<Username[]> {
  const result = await connection.runAndReadAll('SELECT account, username, player FROM names');
  return result.getRows().map(toName);
}

async function standingNames(
  connection: DuckDBConnection,
  names: readonly Username[],
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const result = await connection.runAndReadAll(
    `SELECT account, username, player FROM names
    WHERE (account, username) IN (SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]))`,
    [column(names, 'account'), column(names, 'username')],
  );
  return new Map(result.getRows().map((row) => [idOf(toName(row)), toName(row).player]));
}

function toName(row: readonly unknown[]): Username {
  const [account, username, player] = row;
  return { account: String(account), username: String(username), player: String(player) };
}

function idOf(name: Username): string {
  return `${name.account}\n${name.username}`;
}

function column(names: readonly Username[], field: keyof Username) {
  return listOf(names.map((name) => name[field]));
}
