import type { DuckDBConnection } from '@duckdb/node-api';
import type { Interval } from '../../records/interval.ts';
import type { RecordKind } from '../../records/record.ts';
import type { FeedKey } from '../archive.ts';
import { checksumOf } from '../digest.ts';
import { type LedgerPart, layOver } from '../ledger.ts';
import type { Version } from '../merge.ts';

type Read = FeedKey & { readonly readAt: number };

/** The parts of a feed's ledger that were read after this one. */
export async function laterParts(connection: DuckDBConnection, read: Read): Promise<LedgerPart[]> {
  return partsWhere(connection, read, 'read_at > $3', [read.readAt]);
}

/** Lays a read over the feed's ledger; returns where it is the latest one. */
export async function layInterval(
  connection: DuckDBConnection,
  read: Read,
  interval: Interval,
  seen: readonly Version<RecordKind>[],
  quarantined: number,
): Promise<readonly Interval[]> {
  const { from, to } = interval;
  const within = seen.filter(({ record }) => record.axisAt >= from && record.axisAt < to);
  const fresh: LedgerPart = {
    from,
    to,
    readAt: read.readAt,
    rows: within.length,
    checksum: checksumOf(within.map((version) => version.digest)),
    quarantined,
  };
  const standing = await partsWhere(connection, read, 'from_at < $3 AND to_at > $4', [to, from]);
  const { remove, add, latest } = layOver(standing, fresh);
  if (remove.length > 0) {
    const starts = remove.map((part) => part.from).join(', ');
    await connection.run(
      `DELETE FROM intervals WHERE account = $1 AND kind = $2 AND from_at IN (${starts})`,
      [read.account, read.kind],
    );
  }
  for (const part of add) await insertPart(connection, read, part);
  return latest;
}

async function insertPart(connection: DuckDBConnection, feed: FeedKey, part: LedgerPart): Promise<void> {
  await connection.run('INSERT INTO intervals VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [
    feed.account,
    feed.kind,
    BigInt(part.from),
    BigInt(part.to),
    BigInt(part.readAt),
    part.rows === null ? null : BigInt(part.rows),
    part.checksum,
    BigInt(part.quarantined),
  ]);
}

async function partsWhere(
  connection: DuckDBConnection,
  feed: FeedKey,
  condition: string,
  values: readonly number[],
): Promise<LedgerPart[]> {
  const result = await connection.runAndReadAll(
    `SELECT from_at::DOUBLE, to_at::DOUBLE, read_at::DOUBLE, rows::DOUBLE, checksum, quarantined::DOUBLE
    FROM intervals WHERE account = $1 AND kind = $2 AND ${condition}`,
    [feed.account, feed.kind, ...values.map((value) => BigInt(value))],
  );
  return result.getRows().map(([from, to, readAt, rows, checksum, quarantined]) => ({
    from: from as number,
    to: to as number,
    readAt: readAt as number,
    rows: rows as number | null,
    checksum: checksum as string | null,
    quarantined: quarantined as number,
  }));
}
