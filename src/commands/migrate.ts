import type { Config } from '../config/config.ts';
import type { Io } from './io.ts';

export interface MigrateAsk {
  readonly config: Pick<Config, 'archive'>;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  readonly io: Pick<Io, 'stdout' | 'stderr'>;
}

/** Brings a PostgreSQL archive to this release's layout. Rejects with an ArchiveError where it cannot. */
export async function migrate({ config, dryRun, io }: MigrateAsk): Promise<number> {
  if (!/^postgres(ql)?:/.test(config.archive.url)) {
    io.stdout.write(
      'the archive is a DuckDB file: it is made and kept by serve, there is nothing to migrate\n',
    );
    return 0;
  }
  const { migrateDatabase } = await import('../archive/postgres/migrate.ts');
  const { pending, notes } = await migrateDatabase(config.archive.url, { dryRun });
  const done = dryRun ? 'would be applied' : 'applied';
  if (pending.length === 0) io.stdout.write('the archive has this release’s layout already\n');
  for (const name of pending) io.stdout.write(`${name}: ${done}\n`);
  for (const note of notes) io.stderr.write(`note: ${note}\n`);
  return 0;
}
