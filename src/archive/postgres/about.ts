import type { ArchiveDescription } from '../admin.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cells } from '../sql/records.ts';
import { migrations } from './migrations/list.ts';

/** What a database is. The room on its disk is its host's to see. */
export async function aboutDatabase(
  read: (statement: Statement) => Promise<Cells>,
): Promise<ArchiveDescription> {
  const text = "SELECT current_setting('server_version'), pg_database_size(current_database())::float8";
  const [[version = null] = [], [bytes = null] = []] = await read({ text, values: [] });
  return {
    engine: 'PostgreSQL',
    version: String(version),
    layout: migrations.at(-1)?.id ?? 0,
    bytes: Number(bytes),
    freeBytes: null,
  };
}
