import type { Interval } from '../../records/interval.ts';
import type { RecordKind } from '../../records/record.ts';
import type { Commit, FeedKey } from '../archive.ts';
import { type LedgerPart, layOver } from '../ledger.ts';
import { freshPart, type MergePlan } from '../merge.ts';
import type { Client } from './database.ts';

/** The parts of a feed's ledger that were read after this one, or touch its interval. */
export function partsAround(client: Client, commit: Commit): Promise<LedgerPart[]> {
  const { from, to } = commit.interval ?? { from: 0, to: 0 };
  return partsWhere(client, commit, '(read_at > $3 OR (from_at < $4 AND to_at > $5))', [
    commit.readAt,
    to,
    from,
  ]);
}

/** Holds the commit's interval, where it is the latest read; returns there. */
export async function layInterval(
  client: Client,
  commit: Commit,
  interval: Interval,
  plan: MergePlan<RecordKind, string>,
  quarantined: number,
): Promise<readonly Interval[]> {
  const { account, kind } = commit;
  const standing = await partsWhere(client, commit, 'from_at < $3 AND to_at > $4', [
    interval.to,
    interval.from,
  ]);
  const { remove, add, latest } = layOver(standing, freshPart(commit, interval, plan.seen, quarantined));
  if (remove.length > 0) {
    const starts = remove.map((part) => part.from);
    await client.query(
      'DELETE FROM intervals WHERE account = $1 AND kind = $2 AND from_at = ANY($3::bigint[])',
      [account, kind, starts],
    );
  }
  for (const { from, to, readAt, providerAt, rows, checksum, quarantined: waiting } of add) {
    await client.query(
      `INSERT INTO intervals (account, kind, from_at, to_at, read_at, provider_at, rows, checksum, quarantined)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [...[account, kind, from, to, readAt, providerAt], ...[rows, checksum, waiting]],
    );
  }
  return latest;
}

async function partsWhere(
  client: Client,
  feed: FeedKey,
  condition: string,
  values: readonly number[],
): Promise<LedgerPart[]> {
  const { rows } = await client.query<
    Omit<LedgerPart, 'providerAt'> & { readonly providerAt: number | null }
  >(
    `SELECT from_at::float8 AS "from", to_at::float8 AS "to", read_at::float8 AS "readAt",
      provider_at::float8 AS "providerAt", rows::float8 AS rows,
      checksum, quarantined::float8 AS quarantined
    FROM intervals WHERE account = $1 AND kind = $2 AND ${condition}`,
    [feed.account, feed.kind, ...values],
  );
  return rows.map((part) => ({ ...part, providerAt: part.providerAt ?? undefined }));
}
