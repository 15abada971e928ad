import type { RecordKind } from '../../src/records/record.ts';
import { withClient } from './database.ts';
import { plain, type TrueRow } from './provider.ts';

/** One feed as the soak knows it. */
export interface SoakFeed {
  readonly account: string;
  readonly kind: RecordKind;
  rows(interval: { readonly from: number; readonly to: number }): readonly TrueRow[];
}

interface Kept {
  readonly key: string;
  readonly at: number;
  readonly amount: string | null;
  readonly withdrawn: boolean;
}

const tables: Readonly<Record<RecordKind, { readonly table: string; readonly amount: string }>> = {
  BET: { table: 'bets', amount: 'stake' },
  TRANSFER: { table: 'transfers', amount: 'amount' },
  SEQ_NO_FAILURE: { table: 'failures', amount: 'NULL' },
};

/** What an archive holds and what its ledger says of it, at one instant. */
export interface Held {
  readonly intervals: readonly { readonly from: number; readonly to: number; readonly heldTo: number }[];
  readonly rows: ReadonlyMap<string, Kept>;
}

/** Reads rows and ledger of a feed in one snapshot; `lagMs` is its `settlementLag`. */
export async function readHeld(
  url: string,
  { account, kind }: Pick<SoakFeed, 'account' | 'kind'>,
  lagMs: number,
): Promise<Held> {
  return withClient(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { table, amount } = tables[kind];
    const ledger = await client.query<{ from: number; to: number; read: number }>(
      `SELECT from_at::float8 AS "from", to_at::float8 AS "to", coalesce(provider_at, read_at)::float8 AS read
      FROM intervals WHERE account = $1 AND kind = $2 ORDER BY from_at`,
      [account, kind],
    );
    const rows = await client.query<Kept>(
      `SELECT key, extract(epoch FROM coalesce(axis_at, counted_at))::float8 * 1000 AS at, ${amount}::text AS amount,
        withdrawn_at IS NOT NULL AS withdrawn FROM ${table} WHERE account = $1`,
      [account],
    );
    return {
      intervals: ledger.rows.map(({ from, to, read }) => ({ from, to, heldTo: Math.min(to, read - lagMs) })),
      rows: new Map(rows.rows.map((row) => [row.key, row])),
    };
  });
}

/** Whether a read that is held must have brought the row: not news that come later, or go. */
export function isSure({ listedAfter, voidAfter }: TrueRow, lagMs: number): boolean {
  return listedAfter < lagMs && voidAfter === null;
}

/** Rows that the ledger says were read and that are not there; amounts that are others. */
export function aheadOf(feed: SoakFeed, { intervals, rows }: Held, lagMs: number): string[] {
  return intervals.flatMap(({ from, heldTo }) =>
    from >= heldTo
      ? []
      : feed
          .rows({ from, to: heldTo })
          .filter((row) => isSure(row, lagMs))
          .flatMap((row) => differenceOf(feed, row, rows.get(row.key))),
  );
}

/** What differs between the provider’s truth and the archive, rows as sets and amounts digit for digit. */
export function differences(
  feed: SoakFeed,
  { rows }: Held,
  range: { readonly from: number; readonly to: number },
): string[] {
  const truth = feed.rows(range);
  const known = new Set(truth.map(({ key }) => key));
  const standing = truth.filter(({ voidAfter }) => voidAfter === null);
  const voided = truth.filter(
    ({ key, voidAfter }) => voidAfter !== null && rows.get(key)?.withdrawn === false,
  );
  const extra = [...rows.values()].filter(
    ({ key, at }) => at >= range.from && at < range.to && !known.has(key),
  );
  const place = `${feed.account} ${feed.kind}`;
  return [
    ...standing.flatMap((row) => differenceOf(feed, row, rows.get(row.key))),
    ...voided.map(({ key }) => `${place} ${key}: voided by the provider, and stands`),
    ...extra.map(({ key }) => `${place} ${key}: no row of the provider’s`),
  ];
}

function differenceOf({ account, kind }: SoakFeed, row: TrueRow, kept: Kept | undefined): string[] {
  const place = `${account} ${kind} ${row.key} of ${new Date(row.at).toISOString()}`;
  if (kept === undefined) return [`${place}: lacks`];
  if (kept.withdrawn) return [`${place}: withdrawn, and is listed`];
  const amount = kept.amount === null ? null : plain(kept.amount);
  if (row.amount !== null && amount !== row.amount) return [`${place}: ${amount} instead of ${row.amount}`];
  return kept.at === row.at ? [] : [`${place}: at ${new Date(kept.at).toISOString()}`];
}
