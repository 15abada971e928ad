import type { Interval } from '../../records/interval.ts';
import type { PeriodGrid } from '../../records/period.ts';
import type { RowQuery, TotalsQuery, Where } from '../../records/query.ts';
import { sqlName } from '../../records/shape.ts';
import { createBinder, type Dialect, type Statement } from '../sql/dialect.ts';
import { selectionSql } from '../sql/rows.ts';
import type { TotalsSource } from '../sql/totals.ts';
import { QUARTER, rolledDimensions, rolledSums, type Tier, tiers } from './roll-ups.ts';

const GROUPS = ['ACCOUNT', 'PROVIDER', 'CURRENCY', 'GAME_TYPE', 'STATUS', 'OUTCOME'];
const HOUR_MS = 3_600_000;

const dimensions = ['counted_at', ...rolledDimensions.map(sqlName)].join(', ');
const ofTier = [dimensions, 'bets', ...rolledSums.flatMap((sum) => [sum, `${sum}_scale`])].join(', ');
const ofRow = [
  dimensions,
  '1 AS bets',
  ...rolledSums.flatMap((sum) => [sum, `scale(${sum}) AS ${sum}_scale`]),
].join(', ');

/** One cell: how many rows a query has; null where roll-ups cannot answer it. */
export function rolledCountStatement(dialect: Dialect, query: RowQuery): Statement | null {
  if (!rollsUp(query)) return null;
  const binder = createBinder(dialect);
  const text = `SELECT coalesce(sum(bets), 0)::float8 FROM ${relation(query.range, tiers)}
    WHERE ${selectionSql({ ...query, withdrawn: 'include' }, binder)}`;
  return { text, values: binder.values };
}

/** Where a query's totals can be read without reading rows, but for those of a quarter that is asked in part. */
export function rolledSource(query: TotalsQuery): TotalsSource | null {
  if (query.countPlayers || query.countRounds || !rollsUp(query)) return null;
  if (!query.groupBy.every((dimension) => GROUPS.includes(dimension))) return null;
  const { periods } = query;
  const fitting = tiers.filter((tier) => periods === null || fits(tier, periods));
  if (fitting.length === 0) return null;
  return {
    table: relation(query.range, fitting),
    count: 'sum(bets)',
    scaleOf: (column) => `${column}_scale`,
    hasNoWithdrawn: true,
  };
}

/** Whether a query selects by nothing but time and the dimensions of roll-ups, so that these can answer it. */
function rollsUp({ kind, axis, players, where, withdrawn = 'exclude' }: RowQuery): boolean {
  if (withdrawn !== 'exclude') return false;
  return kind === 'BET' && axis === 'SETTLED' && players === null && (where === null || isRolledOnly(where));
}

/** Whether a condition is on dimensions of roll-ups alone. */
function isRolledOnly(where: Where): boolean {
  if ('column' in where) return rolledDimensions.includes(where.column);
  if (where.op === 'compare' || where.op === 'holds') return false;
  return where.op === 'not' ? isRolledOnly(where.of) : where.of.every(isRolledOnly);
}

/** Whether no span of the tier lies in two of the grid's periods. */
function fits({ widthMs }: Tier, { unit, dayStartsAtMs, pieces }: PeriodGrid): boolean {
  if (unit === 'HOUR' && widthMs > HOUR_MS) return false;
  const starts = pieces.map((piece) => piece.offsetMs - dayStartsAtMs);
  const changes = pieces.slice(1).map((piece) => piece.from);
  return [...starts, ...changes].every((ms) => ms % widthMs === 0);
}

/** A range as whole spans of the widest tiers there are, and rows for what is left of it at its ends. */
function relation(range: Interval | null, fitting: readonly Tier[]): string {
  const parts = range === null ? [spansOf(fitting[0] ?? QUARTER, null)] : cover(range, fitting);
  return `(${parts.join(' UNION ALL ')}) AS rolled`;
}

function cover(part: Interval, [tier, ...narrower]: readonly Tier[]): string[] {
  if (tier === undefined) return [`SELECT ${ofRow} FROM bets WHERE ${within(part)} AND withdrawn_at IS NULL`];
  const from = Math.ceil(part.from / tier.widthMs) * tier.widthMs;
  const to = Math.floor(part.to / tier.widthMs) * tier.widthMs;
  if (from >= to) return cover(part, narrower);
  const ends = [
    { from: part.from, to: from },
    { from: to, to: part.to },
  ].filter((end) => end.from < end.to);
  return [spansOf(tier, { from, to }), ...ends.flatMap((end) => cover(end, narrower))];
}

function spansOf({ table }: Tier, range: Interval | null): string {
  return `SELECT ${ofTier} FROM ${table} WHERE ${range === null ? 'true' : within(range)}`;
}

function within({ from, to }: Interval): string {
  return `counted_at >= to_timestamp(${from}::float8 / 1000) AND counted_at < to_timestamp(${to}::float8 / 1000)`;
}
