import type { MigrateResult } from '../archive/migrations/plan.ts';
import type { Config } from '../config/config.ts';
import type { Io } from './io.ts';

export interface MigrateAsk {
  readonly config: Pick<Config, 'archive'>;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  readonly io: Pick<Io, 'stdout' | 'stderr'>;
}

/** Brings an archive of an older release to this one's layout. Rejects with an ArchiveError where it cannot. */
export async function migrate({ config, dryRun, io }: MigrateAsk): Promise<number> {
  const { pending, notes } = await migrated(config.archive.url, dryRun);
  const done = dryRun ? 'would be applied' : 'applied';
  if (pending.length === 0) io.stdout.write('the archive has this release’s layout already\n');
  for (const name of pending) io.stdout.write(`${name}: ${done}\n`);
  for (const note of notes) io.stderr.write(`note: ${note}\n`);
  return 0;
}

async function migrated(url: string, dryRun: boolean): Promise<MigrateResult> {
  if (/^postgres(ql)?:/.test(url)) {
    const { migrateDatabase } = await import('../archive/postgres/migrate.ts');
    return migrateDatabase(url, { dryRun });
  }
  const file = url.slice('duckdb:'.length);
  if (file === ':memory:') return { pending: [], notes: ['an archive in memory is made anew at each start'] };
  const { migrateFile } = await import('../archive/duckdb/migrate.ts');
  return migrateFile(file, { dryRun });
}
