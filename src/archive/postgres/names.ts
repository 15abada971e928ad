import type { PlayerOf } from '../../records/player.ts';
import type { Commit, Username } from '../archive.ts';
import type { Client, Database } from './database.ts';

export interface Names {
  /** Writes the commit's usernames that are new, inside the transaction that is open; `keep` once it stands. */
  write(client: Client, commit: Commit): Promise<{ keep(): void }>;
}

const MOST_KEPT = 100_000;
const NAMES_A_BATCH = 5_000;

/** Remembers what it has written lately, so that a commit writes only the few usernames that are new. */
export function createNames(playerOf: PlayerOf): Names {
  const written = new Set<string>();
  return {
    async write(client, commit) {
      const { account } = commit;
      const usernames = new Set(commit.rows.map((row) => row.providerUsername));
      const fresh = [...usernames].filter((username) => !written.has(idOf(account, username)));
      await writeNames(
        client,
        fresh.map((username) => ({ account, username, player: playerOf(account, username) })),
      );
      return {
        keep() {
          if (written.size + fresh.length > MOST_KEPT) written.clear();
          for (const username of fresh) written.add(idOf(account, username));
        },
      };
    },
  };
}

/** An edit of the operator's naming rewrites no row: only the names that changed are written. */
export async function renameOutdated(database: Database, playerOf: PlayerOf): Promise<void> {
  let last: Username | undefined = { account: '', username: '', player: '' };
  while (last !== undefined) {
    const known: readonly Username[] = await namesAfter(database, last);
    const outdated = known
      .map((name) => ({ ...name, player: playerOf(name.account, name.username) }))
      .filter((name, index) => name.player !== known[index]?.player);
    if (outdated.length > 0) await database.transaction((client) => writeNames(client, outdated));
    last = known.length < NAMES_A_BATCH ? undefined : known.at(-1);
  }
}

async function namesAfter(database: Database, { account, username }: Username): Promise<Username[]> {
  const page = await database.use((client) =>
    client.query<Username>(
      `SELECT account, username, player FROM names WHERE (account, username) > ($1, $2)
      ORDER BY account, username LIMIT ${NAMES_A_BATCH}`,
      [account, username],
    ),
  );
  return page.rows;
}

async function writeNames(client: Client, names: readonly Username[]): Promise<void> {
  if (names.length === 0) return;
  // In one order everywhere, so that two feeds of an account never wait for each other's names.
  await client.query(
    `INSERT INTO names AS n (account, username, player)
    SELECT account, username, player FROM unnest($1::text[], $2::text[], $3::text[]) AS name (account, username, player)
    ORDER BY account COLLATE "C", username COLLATE "C"
    ON CONFLICT (account, username) DO UPDATE SET player = excluded.player WHERE n.player <> excluded.player`,
    (['account', 'username', 'player'] as const).map((field) => names.map((name) => name[field])),
  );
}

function idOf(account: string, username: string): string {
  return `${account}\n${username}`;
}
