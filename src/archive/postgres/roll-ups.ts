import { summedFields } from '../../records/query.ts';
import { sqlName, tableName } from '../../records/shape.ts';
import type { Client } from './database.ts';

/** A table of bets added up by spans of one width. */
export interface Tier {
  readonly table: string;
  readonly widthMs: number;
  /** The width in SQL. */
  readonly width: string;
}

export const QUARTER: Tier = { table: 'bet_quarters', widthMs: 900_000, width: '15 minutes' };
/** Every width, from the widest. */
export const tiers: readonly Tier[] = [
  { table: 'bet_days', widthMs: 86_400_000, width: '1 day' },
  { table: 'bet_hours', widthMs: 3_600_000, width: '1 hour' },
  QUARTER,
];

/** The dimensions: roll-ups of one time have a row for each combination of these columns. */
export const rolledDimensions = ['account', 'provider', 'currency', 'gameType', 'status', 'outcome'];
export const rolledSums = summedFields('BET').map(sqlName);

// Eight digits a scale: no day has a hundred million bets of one account.
const WEIGHTS = `'{${Array.from({ length: 19 }, (_, scale) => `1e${8 * scale}`).join(',')}}'::numeric[]`;

const rolled = rolledDimensions.slice(2).map(sqlName).join(', ');
const identity = `account, provider, counted_at, ${rolled}`;
const added = ['bets', ...rolledSums.flatMap((sum) => [sum, `${sum}_scales`])];
const merged = `ON CONFLICT (account, counted_at, provider, ${rolled}) DO UPDATE
  SET ${added.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')}`;

/**
 * The tail of a statement that adds the bets of `source`, a relation with a bet's columns, to every tier, or takes them
 * away: it goes on after the statement's `WITH`. `head` says what stands for account and provider.
 */
export function changeTiersSql(source: string, sign: 1 | -1, head = 'account, provider'): string {
  const values = rolledSums.flatMap((sum) => [
    `coalesce(sum(${sum}), 0) * ${sign} AS ${sum}`,
    `coalesce(sum((${WEIGHTS})[scale(${sum}) + 1]), 0) * ${sign} AS ${sum}_scales`,
  ]);
  const wider = tiers
    .filter((tier) => tier !== QUARTER)
    .map((tier) => `${tier.table}_done AS (${widen(tier)})`);
  return `change AS MATERIALIZED (
      SELECT ${head}, ${binned(QUARTER)} AS counted_at, ${rolled}, count(*) * ${sign} AS bets, ${values.join(', ')}
      FROM ${source} GROUP BY 1, 2, 3, ${rolled}),
    ${wider.join(', ')}
    INSERT INTO ${QUARTER.table} AS t (${identity}, ${added.join(', ')})
    SELECT ${identity}, ${added.join(', ')} FROM change ${merged}`;
}

/** Fills every tier anew from all bets, inside the transaction that is open. */
export async function refillTiers(client: Client): Promise<void> {
  // Commits in flight come first; later ones wait, and find tiers that are right.
  await client.query(`LOCK TABLE ${tableName.BET} IN EXCLUSIVE MODE`);
  await client.query(`TRUNCATE ${tiers.map(({ table }) => table).join(', ')}`);
  await client.query(`WITH ${changeTiersSql(`${tableName.BET} WHERE withdrawn_at IS NULL`, 1)}`);
}

/** The spans of a tier whose sums are not those of their bets: account, and the span’s start in milliseconds. */
export function differingSpansSql(tier: Tier): string {
  const sums = rolledSums.flatMap((sum) => [
    `coalesce(sum(${sum}), 0) AS ${sum}`,
    `coalesce(sum((${WEIGHTS})[scale(${sum}) + 1]), 0) AS ${sum}_scales`,
  ]);
  const columns = `${identity}, ${added.join(', ')}`;
  const fresh = `SELECT account, provider, ${binned(tier)} AS counted_at, ${rolled}, count(*) AS bets, ${sums.join(', ')}
    FROM ${tableName.BET} WHERE withdrawn_at IS NULL GROUP BY 1, 2, 3, ${rolled}`;
  const kept = `SELECT ${columns} FROM ${tier.table} WHERE bets <> 0`;
  return `WITH fresh AS MATERIALIZED (${fresh}), kept AS MATERIALIZED (${kept})
    SELECT DISTINCT account, extract(epoch FROM counted_at)::float8 * 1000 AS at FROM (
      (SELECT ${columns} FROM fresh EXCEPT SELECT ${columns} FROM kept)
      UNION ALL (SELECT ${columns} FROM kept EXCEPT SELECT ${columns} FROM fresh)) AS each ORDER BY 1, 2`;
}

/** Removes roll-ups that no bet is left in, in the spans that these times lie in. $1 account, $2 milliseconds. */
export function emptyTiersSql(): string {
  const removals = tiers.map(
    (tier) => `DELETE FROM ${tier.table} WHERE account = $1 AND bets = 0 AND counted_at IN (
      SELECT date_bin('${tier.width}', to_timestamp(at / 1000), ${ORIGIN}) FROM unnest($2::float8[]) AS at)`,
  );
  const [last, ...others] = removals.toReversed();
  return `WITH ${others.map((removal, index) => `removal_${index} AS (${removal})`).join(', ')} ${last}`;
}

const ORIGIN = "'0001-01-01 00:00:00+00'::timestamptz";

function binned({ width }: Tier): string {
  return `date_bin('${width}', counted_at, ${ORIGIN})`;
}

function widen(tier: Tier): string {
  const sums = added.map((column) => `sum(${column})`).join(', ');
  return `INSERT INTO ${tier.table} AS t (${identity}, ${added.join(', ')})
    SELECT account, provider, ${binned(tier)} AS span, ${rolled}, ${sums} FROM change
    GROUP BY account, provider, span, ${rolled} ${merged}`;
}
