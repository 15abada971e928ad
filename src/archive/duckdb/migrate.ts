import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { nameOf, type Step } from '../migrations/migration.ts';
import type { MigrateResult } from '../migrations/plan.ts';
import { explainFault } from './faults.ts';
import { keepCopy } from './keep-copy.ts';
import { applySteps, readLayout } from './layout.ts';
import { migrations } from './migrations/list.ts';

interface Connected {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

/** A DuckDB file that is open at this release's layout. */
export interface Opened extends Connected {
  readonly migrated: MigrateResult;
}

/**
 * Opens a file or `:memory:` and brings it to this release's layout, forwards only; of a file that holds
 * something a copy is kept before, where the disk allows. Rejects where a newer release wrote it.
 */
export async function openMigrated(
  path: string,
  settings: Readonly<Record<string, string>>,
  steps: readonly Step[] = migrations,
): Promise<Opened> {
  const found = await open(path, settings);
  const layout = await closingOnFault(found, () => readLayout(found.connection, steps));
  const { pending, applied } = layout;
  const last = applied.at(-1);
  let [opened, notes] = [found, [] as string[]];
  if (pending.length > 0 && last !== undefined && path !== ':memory:') {
    // To read the file while it is open would take DuckDB's lock from it, as POSIX has it.
    close(found);
    notes = [await keepCopy(path, last.release ?? 'before')];
    opened = await open(path, settings);
  }
  await closingOnFault(opened, () => applySteps(opened.connection, layout, steps));
  return { ...opened, migrated: { pending: pending.map(nameOf), notes } };
}

/** Brings a file that nobody else has open to this release's layout; `dryRun` says what would be done. */
export async function migrateFile(
  path: string,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<MigrateResult> {
  const file = resolve(path);
  try {
    if (dryRun) return await planned(file);
    await mkdir(dirname(file), { recursive: true });
    const opened = await openMigrated(file, withoutExtensions);
    close(opened);
    return opened.migrated;
  } catch (error) {
    throw explainFault(path, error instanceof Error ? error.message : String(error));
  }
}

// Extensions are never fetched: the archive works without internet, and asks nobody for code.
export const withoutExtensions = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
} as const;

async function planned(file: string): Promise<MigrateResult> {
  if (!existsSync(file)) return { pending: migrations.map(nameOf), notes: [] };
  const opened = await open(file, { ...withoutExtensions, access_mode: 'READ_ONLY' });
  try {
    const { applied, pending } = await readLayout(opened.connection);
    const last = applied.at(-1);
    const kept = pending.length > 0 && last !== undefined;
    return {
      pending: pending.map(nameOf),
      notes: kept ? [`a copy of the file as ${last.release} left it would be kept beside it`] : [],
    };
  } finally {
    close(opened);
  }
}

async function open(path: string, settings: Readonly<Record<string, string>>): Promise<Connected> {
  const instance = await DuckDBInstance.create(path, settings);
  try {
    return { instance, connection: await instance.connect() };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function closingOnFault<T>(opened: Connected, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    close(opened);
    throw error;
  }
}

function close({ instance, connection }: Connected): void {
  connection.closeSync();
  instance.closeSync();
}
