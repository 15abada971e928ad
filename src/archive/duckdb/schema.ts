import type { DuckDBConnection } from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import { recordKinds } from '../../records/record.ts';
import { type Column, sqlName, tableName } from '../../records/shape.ts';
import { historyName } from '../sql/admin.ts';
import { recordColumns } from '../sql/columns.ts';

/** The layout this release reads and writes. */
export const SCHEMA_VERSION = 1;

const types: Readonly<Record<Column['type'], string>> = {
  text: 'VARCHAR',
  texts: 'VARCHAR',
  decimal: 'DECIMAL(38, 18)',
  time: 'TIMESTAMP',
  int: 'BIGINT',
  bool: 'BOOLEAN',
};

// Rows have no primary key: it makes loads four times slower and serves no read. Their uniqueness is the writer's duty.
function statements(): string[] {
  const tables = recordKinds.flatMap((kind) => {
    const columns = recordColumns[kind].flatMap((column) => {
      const name = sqlName(column.name);
      const own = `${name} ${types[column.type]}${column.nullable ? '' : ' NOT NULL'}`;
      return column.type === 'decimal' ? [own, `${name}_scale UTINYINT`] : [own];
    });
    columns.push('former_key VARCHAR', 'read_at TIMESTAMP NOT NULL', 'digest BIGINT NOT NULL');
    const seen = ['seen_from TIMESTAMP NOT NULL', 'seen_until TIMESTAMP NOT NULL'];
    return [
      `CREATE TABLE IF NOT EXISTS ${tableName[kind]} (${columns.join(', ')})`,
      `CREATE TABLE IF NOT EXISTS ${historyName(kind)} (${[...columns, ...seen].join(', ')})`,
    ];
  });
  return [
    ...tables,
    `CREATE TABLE IF NOT EXISTS intervals (account VARCHAR NOT NULL, kind VARCHAR NOT NULL,
      from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, read_at BIGINT NOT NULL,
      rows BIGINT, checksum VARCHAR, quarantined BIGINT NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS quarantine (id VARCHAR NOT NULL, account VARCHAR NOT NULL, kind VARCHAR NOT NULL,
      from_at BIGINT, to_at BIGINT, reason VARCHAR NOT NULL, raw VARCHAR NOT NULL,
      seen_at BIGINT NOT NULL, read_at BIGINT NOT NULL, accepted_at BIGINT)`,
    'CREATE TABLE IF NOT EXISTS names (account VARCHAR NOT NULL, username VARCHAR NOT NULL, player VARCHAR NOT NULL)',
    `CREATE TABLE IF NOT EXISTS trail (asked_at TIMESTAMP NOT NULL, request_id VARCHAR NOT NULL, key VARCHAR NOT NULL,
      role VARCHAR NOT NULL, accounts VARCHAR, route VARCHAR NOT NULL, operation VARCHAR, rows_given BIGINT NOT NULL,
      cost BIGINT, duration_ms BIGINT NOT NULL, error VARCHAR)`,
    'CREATE TABLE IF NOT EXISTS archive_meta (name VARCHAR NOT NULL, value VARCHAR NOT NULL)',
  ];
}

/** Makes a fresh archive's tables, and refuses one written by a newer release. */
export async function prepareSchema(connection: DuckDBConnection): Promise<void> {
  await connection.run('BEGIN');
  for (const statement of statements()) await connection.run(statement);
  const found = await connection.runAndReadAll("SELECT 1 FROM archive_meta WHERE name = 'schema'");
  if (found.currentRowCount === 0)
    await connection.run(`INSERT INTO archive_meta VALUES ('schema', '${SCHEMA_VERSION}')`);
  await refuseOtherSchema(connection);
  await connection.run('COMMIT');
}

/** Rejects with an ArchiveError where the layout is not this release's. */
export async function refuseOtherSchema(connection: DuckDBConnection): Promise<void> {
  const found = await connection.runAndReadAll("SELECT value FROM archive_meta WHERE name = 'schema'");
  const version = found.getRowsJson()[0]?.[0];
  if (Number(version) === SCHEMA_VERSION) return;
  throw new ArchiveError(
    `expected schema version ${SCHEMA_VERSION}, got ${String(version)}: it was written by another release`,
  );
}
