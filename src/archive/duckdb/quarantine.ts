import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Commit } from '../archive.ts';
import { listOf } from './values.ts';

/**
 * Keeps a commit's unreadable rows, each once however often it is read; returns how many no admin has accepted.
 */
export async function setAside(connection: DuckDBConnection, commit: Commit): Promise<number> {
  let waiting = 0;
  const { account, kind, interval, readAt } = commit;
  for (const { reason, raw } of commit.quarantined) {
    const id = createHash('sha256')
      .update(JSON.stringify([account, kind, reason, raw]))
      .digest('base64url')
      .slice(0, 22);
    const found = await connection.runAndReadAll('SELECT accepted_at FROM quarantine WHERE id = $1', [id]);
    const known = found.getRows()[0];
    if (known?.[0] === undefined || known[0] === null) waiting += 1;
    const span = [
      interval === null ? null : BigInt(interval.from),
      interval === null ? null : BigInt(interval.to),
    ];
    if (known === undefined) {
      await connection.run(
        'INSERT INTO quarantine VALUES ($1, $2, $3, $4::BIGINT, $5::BIGINT, $6, $7, $8, $8, NULL)',
        [id, account, kind, ...span, reason, raw, BigInt(readAt)],
      );
    } else {
      await connection.run(
        'UPDATE quarantine SET from_at = $2::BIGINT, to_at = $3::BIGINT, read_at = $4 WHERE id = $1 AND read_at <= $4',
        [id, ...span, BigInt(readAt)],
      );
    }
  }
  return waiting;
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
