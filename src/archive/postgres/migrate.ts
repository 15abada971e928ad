import { ArchiveError } from '../../errors.ts';
import { checksumOf, nameOf, type Step } from '../migrations/migration.ts';
import { type Applied, type MigrateResult, pendingAfter } from '../migrations/plan.ts';
import { type Client, createDatabase, inTransaction } from './database.ts';
import { placeOf } from './faults.ts';
import { migrations } from './migrations/list.ts';
import { grantReader } from './reader.ts';
import { refillTiers } from './roll-ups.ts';

// Any number of our own that no other program is likely to lock by.
const LOCK = 4_729_051_385;

/**
 * Brings a database to this release's layout, forwards only and in one transaction; of several processes one does
 * it and the others wait. `dryRun` says what would be done. Rejects with an ArchiveError where the database was
 * written by a newer release or by a changed migration.
 */
export async function migrateDatabase(
  url: string,
  {
    dryRun = false,
    steps = migrations,
  }: { readonly dryRun?: boolean; readonly steps?: readonly Step[] } = {},
): Promise<MigrateResult> {
  const place = placeOf(url);
  return withConnection(url, async (client) => {
    const missing = await pendingIn(client, place, steps);
    if (dryRun || missing.length === 0) return { pending: missing.map(nameOf), notes: [] };
    // Held by the session, not the transaction: whoever waited for it must see what was committed under it.
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    try {
      const pending = await pendingIn(client, place, steps);
      if (pending.length === 0) return { pending: [], notes: [] };
      const notes = await inTransaction(client, 'BEGIN', async () => {
        await prepareBook(client);
        for (const step of pending) await apply(client, step);
        // Once, and by the code of today: whatever the steps between did to rows, this comes out right.
        if (pending.some((step) => step.refillsRollUps)) await refillTiers(client);
        return grantReader(client);
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

async function pendingIn(client: Client, place: string, steps: readonly Step[]): Promise<Step[]> {
  try {
    return pendingAfter(steps, await appliedIn(client));
  } catch (error) {
    throw new ArchiveError(`archive ${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function appliedIn(client: Client): Promise<Applied[]> {
  const found = await client.query<{ column_name: string }>(
    `SELECT attname AS column_name FROM pg_attribute
    WHERE attrelid = to_regclass('schema_migrations') AND attnum > 0 AND NOT attisdropped`,
  );
  if (found.rows.length === 0) return [];
  const hasRelease = found.rows.some((row) => row.column_name === 'release');
  const { rows } = await client.query<Applied>(
    `SELECT id, name, checksum, ${hasRelease ? 'release' : 'NULL AS release'} FROM schema_migrations ORDER BY id`,
  );
  return rows;
}

async function prepareBook(client: Client): Promise<void> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL)`);
  // Those of 0.1.0 have none: nothing older refuses them.
  await client.query('ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS release text');
}

async function apply(client: Client, step: Step): Promise<void> {
  await client.query(step.sql);
  await client.query(
    `INSERT INTO schema_migrations (id, name, checksum, release, applied_at)
    VALUES ($1, $2, $3, $4, clock_timestamp())`,
    [step.id, step.name, checksumOf(step), step.release],
  );
}
