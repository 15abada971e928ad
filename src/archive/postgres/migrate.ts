import { createHash } from 'node:crypto';
import { ArchiveError } from '../../errors.ts';
import { type Client, createDatabase, inTransaction } from './database.ts';
import { placeOf } from './faults.ts';
import { migrations } from './migrations/list.ts';
import type { Migration } from './migrations/migration.ts';
import { grantReader } from './reader.ts';

export interface MigrateResult {
  /** Names of the migrations that were done, or would be; in order. */
  readonly pending: readonly string[];
  /** What an operator should know: the read-only role could not be made, say. */
  readonly notes: readonly string[];
}

// Any number of our own that no other program is likely to lock by.
const LOCK = 4_729_051_385;

/**
 * Brings a database to this release's layout, forwards only and in one transaction; of several processes one does
 * it and the others wait. `dryRun` says what would be done. Rejects with an ArchiveError where the database was
 * written by a newer release or by a changed migration.
 */
export async function migrateDatabase(
  url: string,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<MigrateResult> {
  return withConnection(url, async (client) => {
    const missing = await pendingIn(client);
    if (dryRun || missing.length === 0) return { pending: missing.map(nameOf), notes: [] };
    // Held by the session, not the transaction: whoever waited for it must see what was committed under it.
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    try {
      const pending = await pendingIn(client);
      const notes = await inTransaction(client, 'BEGIN', async () => {
        for (const migration of pending) await apply(client, migration);
        return pending.length === 0 ? [] : grantReader(client);
      });
      return { pending: pending.map(nameOf), notes };
    } finally {
      // A connection that broke has let go of its lock already.
      await client.query('SELECT pg_advisory_unlock($1)', [LOCK]).catch(() => undefined);
    }
  });
}

/** Rejects with an ArchiveError where the layout is older than this release's; changes nothing. */
export async function refuseOutdated(url: string): Promise<void> {
  const { pending } = await migrateDatabase(url, { dryRun: true });
  if (pending.length === 0) return;
  throw new ArchiveError(
    `archive ${placeOf(url)}: its layout is older than this release (${pending.join(', ')}): run countroom migrate`,
  );
}

async function withConnection<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const database = createDatabase({
    url,
    name: 'countroom migrate',
    connections: 1,
    statementMs: 0,
    idleMs: 60_000,
    patienceMs: 3_000,
  });
  try {
    return await database.use(work);
  } finally {
    await database.close();
  }
}

async function pendingIn(client: Client): Promise<Migration[]> {
  const table = await client.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS found");
  if (table.rows[0]?.found !== true) return [...migrations];
  const { rows } = await client.query('SELECT id, name, checksum FROM schema_migrations ORDER BY id');
  const done = new Map<number, { name: string; checksum: string }>(rows.map((row) => [row.id, row]));
  const newest = Math.max(...done.keys());
  const known = migrations.at(-1)?.id ?? 0;
  if (newest > known) {
    throw new ArchiveError(
      `archive: expected a layout of at most ${known}, got ${newest}: a newer release wrote it`,
    );
  }
  for (const migration of migrations) {
    const found = done.get(migration.id);
    if (found !== undefined && found.checksum !== checksumOf(migration)) {
      throw new ArchiveError(
        `archive: expected migration ${nameOf(migration)} as released, got another of its number`,
      );
    }
  }
  return migrations.filter(({ id }) => !done.has(id));
}

async function apply(client: Client, migration: Migration): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)`);
  await client.query(migration.sql);
  await client.query('INSERT INTO schema_migrations VALUES ($1, $2, $3, clock_timestamp())', [
    migration.id,
    migration.name,
    checksumOf(migration),
  ]);
}

function nameOf({ id, name }: Migration): string {
  return `${String(id).padStart(4, '0')}-${name}`;
}

function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}
