import type { DuckDBConnection } from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import { checksumOf, nameOf, type Step } from '../migrations/migration.ts';
import { type Applied, pendingAfter } from '../migrations/plan.ts';
import { migrations } from './migrations/list.ts';
import { transaction } from './transaction.ts';

/** What a file's layout is, and what it lacks of this release's. */
export interface Layout {
  readonly applied: readonly Applied[];
  readonly pending: readonly Step[];
}

// 0.1.0 kept the one number of its layout here; it refuses a file in which it is another.
const SCHEMA = 'schema';
const FIRST_RELEASE = '0.1.0';

/** Reads a file's layout. Rejects with an ArchiveError where a newer release wrote it. */
export async function readLayout(
  connection: DuckDBConnection,
  steps: readonly Step[] = migrations,
): Promise<Layout> {
  const applied = await appliedIn(connection, steps);
  return { applied, pending: pendingAfter(steps, applied) };
}

/** Rejects with an ArchiveError where the file's layout is not this release's. */
export async function refuseOutdated(connection: DuckDBConnection): Promise<void> {
  const { pending } = await readLayout(connection);
  if (pending.length === 0) return;
  const names = pending.map(nameOf).join(', ');
  throw new ArchiveError(`its layout is older than this release (${names}): run countroom migrate`);
}

/**
 * Brings a file to this release's layout, each step in a transaction of its own: DuckDB refuses to alter a table whose
 * rows the same transaction has changed. What fails leaves the layout of the step before it, from which it goes on.
 */
export async function applySteps(
  connection: DuckDBConnection,
  { applied, pending }: Layout,
  steps: readonly Step[] = migrations,
): Promise<void> {
  if (pending.length === 0) return;
  await transaction(connection, () => keepBook(connection, applied, steps));
  for (const step of pending) {
    await transaction(connection, async () => {
      await connection.run(step.sql);
      await remember(connection, step);
      const layout = step.release === FIRST_RELEASE ? 1 : step.id;
      await connection.run('DELETE FROM archive_meta WHERE name = $1', [SCHEMA]);
      await connection.run('INSERT INTO archive_meta (name, value) VALUES ($1, $2)', [
        SCHEMA,
        String(layout),
      ]);
    });
  }
}

/** Makes the book of what was applied, with what was applied before there was one. */
async function keepBook(connection: DuckDBConnection, applied: readonly Applied[], steps: readonly Step[]) {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS schema_migrations (id BIGINT NOT NULL, name VARCHAR NOT NULL,
      checksum VARCHAR NOT NULL, release VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL)`,
  );
  const remembered = new Set((await rememberedIn(connection)).map(({ id }) => id));
  const adopted = steps.filter(({ id }) => !remembered.has(id) && applied.some((each) => each.id === id));
  for (const step of adopted) await remember(connection, step);
}

async function appliedIn(connection: DuckDBConnection, steps: readonly Step[]): Promise<Applied[]> {
  if (await hasTable(connection, 'schema_migrations')) return rememberedIn(connection);
  if (!(await hasTable(connection, 'archive_meta'))) return [];
  const found = await connection.runAndReadAll('SELECT value FROM archive_meta WHERE name = $1', [SCHEMA]);
  const layout = found.getRows()[0]?.[0];
  if (layout === undefined) return [];
  if (layout !== '1') {
    throw new ArchiveError(`expected a layout that names its migrations, got schema version ${layout} alone`);
  }
  return steps
    .filter(({ release }) => release === FIRST_RELEASE)
    .map(({ id, name, release }) => ({ id, name, release, checksum: null }));
}

async function rememberedIn(connection: DuckDBConnection): Promise<Applied[]> {
  const found = await connection.runAndReadAll(
    'SELECT id, name, checksum, release FROM schema_migrations ORDER BY id',
  );
  return found.getRows().map(([id, name, checksum, release]) => ({
    id: Number(id),
    name: String(name),
    checksum: String(checksum),
    release: String(release),
  }));
}

async function remember(connection: DuckDBConnection, step: Step): Promise<void> {
  await connection.run(
    `INSERT INTO schema_migrations (id, name, checksum, release, applied_at)
    VALUES ($1, $2, $3, $4, current_timestamp AT TIME ZONE 'UTC')`,
    [BigInt(step.id), step.name, checksumOf(step), step.release],
  );
}

async function hasTable(connection: DuckDBConnection, name: string): Promise<boolean> {
  const found = await connection.runAndReadAll(
    'SELECT 1 FROM duckdb_tables() WHERE table_name = $1 AND NOT internal AND database_name = current_database()',
    [name],
  );
  return found.currentRowCount > 0;
}
