import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Interval } from '../../records/interval.ts';
import type { Commit, FeedKey } from '../archive.ts';
import { type LedgerPart, layOver } from '../ledger.ts';
import { listOf } from './values.ts';

/** Each commit's overlapping ledger parts and those of its feed that were read after it. */
export type Standing = ReadonlyMap<Commit, readonly LedgerPart[]>;

/** A read to be held, with the parts it meets. */
export interface Laying {
  readonly feed: FeedKey;
  readonly standing: readonly LedgerPart[];
  readonly fresh: LedgerPart;
}

/** Reads what commits of different feeds must know of the ledger, all at once. */
export async function standingParts(
  connection: DuckDBConnection,
  commits: readonly Commit[],
): Promise<Standing> {
  const result = await connection.runAndReadAll(
    `SELECT c.position::DOUBLE, from_at::DOUBLE, to_at::DOUBLE, i.read_at::DOUBLE, rows::DOUBLE, checksum,
      quarantined::DOUBLE, provider_at::DOUBLE
    FROM intervals AS i JOIN (
      SELECT unnest($1::BIGINT[]) AS position, unnest($2::VARCHAR[]) AS account, unnest($3::VARCHAR[]) AS kind,
        unnest($4::BIGINT[]) AS part_from, unnest($5::BIGINT[]) AS part_to, unnest($6::BIGINT[]) AS read_at) AS c
      ON i.account = c.account AND i.kind = c.kind
    WHERE (from_at < part_to AND to_at > part_from) OR i.read_at > c.read_at`,
    [
      listOf(commits.map((_, position) => BigInt(position))),
      listOf(commits.map((commit) => commit.account)),
      listOf(commits.map((commit) => commit.kind)),
      listOf(commits.map((commit) => BigInt(commit.interval?.from ?? 0))),
      listOf(commits.map((commit) => BigInt(commit.interval?.to ?? 0))),
      listOf(commits.map((commit) => BigInt(commit.readAt))),
    ],
  );
  const rows = result.getRows();
  return new Map(
    commits.map((commit, position) => [commit, rows.filter((row) => row[0] === position).map(toPart)]),
  );
}

/** Lays reads of different feeds over the ledger; gives, for each, where it is the latest one. */
export async function layIntervals(
  connection: DuckDBConnection,
  layings: readonly Laying[],
): Promise<(readonly Interval[])[]> {
  const changes = layings.map(({ feed, standing, fresh }) => ({ feed, ...layOver(standing, fresh) }));
  const removed = changes.flatMap(({ feed, remove }) => remove.map((part) => ({ feed, part })));
  if (removed.length > 0) {
    await connection.run(
      `DELETE FROM intervals WHERE (account, kind, from_at) IN (
        SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]), unnest($3::BIGINT[]))`,
      [
        listOf(removed.map(({ feed }) => feed.account)),
        listOf(removed.map(({ feed }) => feed.kind)),
        listOf(removed.map(({ part }) => BigInt(part.from))),
      ],
    );
  }
  const added = changes.flatMap(({ feed, add }) => add.map((part) => rowOf(feed, part)));
  if (added.length > 0) {
    const names = Object.keys(added[0] ?? {});
    const places = added.map(
      (_, index) => `(${names.map((_, at) => `$${index * names.length + at + 1}`).join(', ')})`,
    );
    await connection.run(
      `INSERT INTO intervals (${names.join(', ')}) VALUES ${places.join(', ')}`,
      added.flatMap((row) => Object.values(row)),
    );
  }
  return changes.map((change) => change.latest);
}

/** A part by the table's columns; every one has them in the same order. */
function rowOf(feed: FeedKey, part: LedgerPart): Readonly<Record<string, DuckDBValue>> {
  return {
    account: feed.account,
    kind: feed.kind,
    from_at: BigInt(part.from),
    to_at: BigInt(part.to),
    read_at: BigInt(part.readAt),
    provider_at: part.providerAt === undefined ? null : BigInt(part.providerAt),
    rows: part.rows === null ? null : BigInt(part.rows),
    checksum: part.checksum,
    quarantined: BigInt(part.quarantined),
  };
}

function toPart(row: readonly DuckDBValue[]): LedgerPart {
  const [, from, to, readAt, rows, checksum, quarantined, providerAt] = row;
  return {
    from: from as number,
    to: to as number,
    readAt: readAt as number,
    providerAt: (providerAt as number | null) ?? undefined,
    rows: rows as number | null,
    checksum: checksum as string | null,
    quarantined: quarantined as number,
  };
}
