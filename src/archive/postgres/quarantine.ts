import type { Commit } from '../archive.ts';
import { quarantineId } from '../quarantine-id.ts';
import type { Client } from './database.ts';

/** Keeps a commit's unreadable rows, each once and counted however often it is read; returns how many no admin has accepted. */
export async function setAside(client: Client, commit: Commit): Promise<number> {
  const { account, kind, interval, readAt, quarantined } = commit;
  if (quarantined.length === 0) return 0;
  const rows = quarantined.map((row) => ({ ...row, id: quarantineId(commit, row) }));
  const distinct = [...new Map(rows.map((row) => [row.id, row])).values()];
  await client.query(
    `INSERT INTO quarantine AS q (id, account, kind, from_at, to_at, reason, raw, seen_at, read_at, accepted_at, times)
    SELECT id, $4, $5, $6::bigint, $7::bigint, reason, raw, $8::bigint, $8::bigint, NULL, 1
    FROM unnest($1::text[], $2::text[], $3::text[]) AS row (id, reason, raw) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET times = q.times + 1, read_at = greatest(q.read_at, excluded.read_at),
      from_at = CASE WHEN q.read_at <= excluded.read_at THEN excluded.from_at ELSE q.from_at END,
      to_at = CASE WHEN q.read_at <= excluded.read_at THEN excluded.to_at ELSE q.to_at END`,
    [
      ...(['id', 'reason', 'raw'] as const).map((field) => distinct.map((row) => row[field])),
      ...[account, kind, interval?.from ?? null, interval?.to ?? null, readAt],
    ],
  );
  const waiting = await client.query(
    `SELECT count(*)::float8 AS rows FROM unnest($1::text[]) AS seen (id) JOIN quarantine USING (id)
    WHERE accepted_at IS NULL`,
    [rows.map((row) => row.id)],
  );
  return waiting.rows[0]?.rows ?? 0;
}

/** Takes rows as they are and counts anew what still waits in their intervals; returns how many were waiting. */
export async function acceptRows(client: Client, ids: readonly string[], now: number): Promise<number> {
  const accepted = await client.query(
    'UPDATE quarantine SET accepted_at = $1 WHERE accepted_at IS NULL AND id = ANY($2::text[])',
    [Math.trunc(now), ids],
  );
  await client.query(
    `UPDATE intervals AS i SET quarantined = (
      SELECT count(*) FROM quarantine AS q WHERE q.account = i.account AND q.kind = i.kind AND q.read_at = i.read_at
        AND q.accepted_at IS NULL AND q.from_at < i.to_at AND q.to_at > i.from_at)
    WHERE quarantined > 0 AND (account, kind, read_at) IN (
      SELECT account, kind, read_at FROM quarantine WHERE id = ANY($1::text[]))`,
    [ids],
  );
  return accepted.rowCount ?? 0;
}
