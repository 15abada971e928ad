import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArchiveDescription } from '../admin.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cells } from '../sql/records.ts';
import { tableRows } from '../sql/table-rows.ts';
import { migrations } from './migrations/list.ts';

/** What a file, or an archive in memory, is; with its log, which is a part of it. */
export async function aboutFile(
  path: string,
  read: (statement: Statement) => Promise<Cells>,
): Promise<ArchiveDescription> {
  const [[version = null] = []] = await read({ text: 'SELECT version()', values: [] });
  const tables = await read({ text: 'SELECT table_name, estimated_size FROM duckdb_tables()', values: [] });
  const rows = tableRows(tables);
  const about = {
    engine: 'DuckDB',
    version: String(version),
    layout: migrations.at(-1)?.id ?? 0,
    rows,
  } as const;
  if (path === ':memory:') return { ...about, bytes: null, freeBytes: null };
  const log = await stat(`${path}.wal`).catch(() => null);
  const { bavail, bsize } = await statfs(dirname(path));
  return { ...about, bytes: (await stat(path)).size + (log?.size ?? 0), freeBytes: bavail * bsize };
}
