import type { ArchiveDescription } from '../admin.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cells } from '../sql/records.ts';
import { tableRows } from '../sql/table-rows.ts';
import { migrations } from './migrations/list.ts';

/** What a database is. The room on its disk is its host's to see. */
export async function aboutDatabase(
  read: (statement: Statement) => Promise<Cells>,
): Promise<ArchiveDescription> {
  const text = "SELECT current_setting('server_version'), pg_database_size(current_database())::float8";
  const [[version = null] = [], [bytes = null] = []] = await read({ text, values: [] });
  const known =
    "SELECT relname, greatest(reltuples, 0)::float8 FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace";
  return {
    engine: 'PostgreSQL',
    version: String(version),
    layout: migrations.at(-1)?.id ?? 0,
    bytes: Number(bytes),
    rows: tableRows(await read({ text: known, values: [] })),
    freeBytes: null,
  };
}
