import type { DuckDBConnection } from '@duckdb/node-api';
import type { Commit } from '../archive.ts';
import { quarantineId } from '../quarantine-id.ts';
import { listOf } from './values.ts';

/** Keeps a commit's unreadable rows, each once and counted however often it is read; returns how many no admin has accepted. */
export async function setAside(connection: DuckDBConnection, commit: Commit): Promise<number> {
  if (commit.quarantined.length === 0) return 0;
  const { account, kind, interval, readAt } = commit;
  const rows = commit.quarantined.map((row) => ({ ...row, id: quarantineId(commit, row) }));
  const ids = listOf(rows.map((row) => row.id));
  const found = await connection.runAndReadAll(
    'SELECT id, accepted_at IS NOT NULL FROM quarantine WHERE id IN (SELECT unnest($1::VARCHAR[]))',
    [ids],
  );
  const accepted = new Map(found.getRows().map(([id, isAccepted]) => [String(id), isAccepted === true]));
  const fresh = [...new Map(rows.map((row) => [row.id, row])).values()].filter(
    (row) => !accepted.has(row.id),
  );
  const span = interval === null ? [null, null] : [BigInt(interval.from), BigInt(interval.to)];
  if (accepted.size > 0) {
    await connection.run(
      `UPDATE quarantine SET times = times + 1, read_at = greatest(read_at, $4::BIGINT),
        from_at = CASE WHEN read_at <= $4::BIGINT THEN $2::BIGINT ELSE from_at END,
        to_at = CASE WHEN read_at <= $4::BIGINT THEN $3::BIGINT ELSE to_at END
      WHERE id IN (SELECT unnest($1::VARCHAR[]))`,
      [ids, ...span, BigInt(readAt)],
    );
  }
  if (fresh.length > 0) {
    await connection.run(
      `INSERT INTO quarantine (id, account, kind, from_at, to_at, reason, raw, seen_at, read_at, accepted_at, times)
      SELECT unnest($1::VARCHAR[]), $4, $5, $6::BIGINT, $7::BIGINT, unnest($2::VARCHAR[]), unnest($3::VARCHAR[]),
        $8::BIGINT, $8::BIGINT, NULL, 1`,
      [
        ...(['id', 'reason', 'raw'] as const).map((field) => listOf(fresh.map((row) => row[field]))),
        ...[account, kind, ...span, BigInt(readAt)],
      ],
    );
  }
  return rows.filter((row) => accepted.get(row.id) !== true).length;
}

/** Takes rows as they are and counts anew what still waits in their intervals; returns how many were waiting. */
export async function acceptRows(
  connection: DuckDBConnection,
  ids: readonly string[],
  now: number,
): Promise<number> {
  const wanted = listOf(ids);
  const accepted = await connection.run(
    'UPDATE quarantine SET accepted_at = $1 WHERE accepted_at IS NULL AND id IN (SELECT unnest($2::VARCHAR[]))',
    [BigInt(now), wanted],
  );
  await connection.run(
    `UPDATE intervals SET quarantined = (
      SELECT count(*) FROM quarantine AS q WHERE q.account = intervals.account AND q.kind = intervals.kind
        AND q.read_at = intervals.read_at AND q.accepted_at IS NULL
        AND q.from_at < intervals.to_at AND q.to_at > intervals.from_at)
    WHERE quarantined > 0 AND (account, kind, read_at) IN (
      SELECT account, kind, read_at FROM quarantine WHERE id IN (SELECT unnest($1::VARCHAR[])))`,
    [wanted],
  );
  return accepted.rowsChanged;
}
