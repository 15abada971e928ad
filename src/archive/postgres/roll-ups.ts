import type { PeriodGrid } from '../../records/period.ts';
import { type RowQuery, summedColumns, type TotalsQuery, type Where } from '../../records/query.ts';
import { sqlName } from '../../records/shape.ts';
import { createBinder, type Dialect, type Statement } from '../sql/dialect.ts';
import { selectionSql } from '../sql/rows.ts';
import type { TotalsSource } from '../sql/totals.ts';

const QUARTER_MS = 15 * 60_000;
const TABLE = 'bet_quarters';
const DIMENSIONS = ['account', 'provider', 'currency', 'gameType', 'status', 'outcome'];
const GROUPS: ReadonlySet<string> = new Set([
  'ACCOUNT',
  'PROVIDER',
  'CURRENCY',
  'GAME_TYPE',
  'STATUS',
  'OUTCOME',
]);
// Eight digits a scale: no quarter of an hour has a hundred million bets of one account.
const DIGITS = 8;
const WEIGHTS = `'{${Array.from({ length: 19 }, (_, scale) => `1e${DIGITS * scale}`).join(',')}}'::numeric[]`;

const sums = summedColumns.map(sqlName);
const identity = ['account', 'axis_at', 'provider', ...DIMENSIONS.slice(2).map(sqlName)].join(', ');
const added = ['bets', ...sums.flatMap((sum) => [sum, `${sum}_scales`])];

/**
 * SQL that adds the bets of `source`, a relation with a bet's columns, to the quarters they lie in, or takes them away.
 * `head` says what stands for account and provider.
 */
export function changeQuartersSql(source: string, sign: 1 | -1, head = 'account, provider'): string {
  const values = sums.flatMap((sum) => [
    `coalesce(sum(${sum}), 0) * ${sign}`,
    `coalesce(sum((${WEIGHTS})[scale(${sum}) + 1]), 0) * ${sign}`,
  ]);
  const own = DIMENSIONS.slice(2).map(sqlName).join(', ');
  return `INSERT INTO ${TABLE} (account, provider, axis_at, ${own}, ${added.join(', ')})
    SELECT ${head}, date_bin('15 minutes', axis_at, '0001-01-01 00:00:00+00') AS quarter, ${own},
      count(*) * ${sign}, ${values.join(', ')}
    FROM ${source} GROUP BY 1, 2, quarter, ${own}
    ON CONFLICT (${identity}) DO UPDATE
    SET ${added.map((column) => `${column} = ${TABLE}.${column} + excluded.${column}`).join(', ')}`;
}

/** The starts of the quarters that these times lie in. */
export function quartersOf(times: readonly number[]): number[] {
  return [...new Set(times.map((at) => Math.floor(at / QUARTER_MS) * QUARTER_MS))];
}

/** Totals read from the quarters. */
export const quarters: TotalsSource = {
  table: TABLE,
  count: 'sum(bets)',
  scaleOf: (column) =>
    `CASE WHEN ${column}_scales > 0 THEN (length(${column}_scales::text) - 1) / ${DIGITS} END`,
};

/** One cell: how many bets a query has that `rollsUp`. */
export function countQuartersStatement(dialect: Dialect, query: RowQuery): Statement {
  const binder = createBinder(dialect);
  const text = `SELECT coalesce(sum(bets), 0)::float8 FROM ${TABLE} WHERE ${selectionSql(query, binder)}`;
  return { text, values: binder.values };
}

/** Whether the quarters tell the number of a query's rows: it selects whole quarters by what they are told apart by. */
export function rollsUp({ kind, axis, players, range, where }: RowQuery): boolean {
  if (kind !== 'BET' || axis !== 'SETTLED' || players !== null) return false;
  if (range !== null && !(isQuarter(range.from) && isQuarter(range.to))) return false;
  return where === null || isOfQuarters(where);
}

/** Whether the quarters tell a query's totals: it asks for nothing they do not have, in periods of whole quarters. */
export function rollsUpTotals(query: TotalsQuery): boolean {
  if (query.countPlayers || query.countRounds || !rollsUp(query)) return false;
  if (!query.groupBy.every((dimension) => GROUPS.has(dimension))) return false;
  return query.periods === null || hasQuarters(query.periods);
}

function hasQuarters({ dayStartsAtMs, pieces }: PeriodGrid): boolean {
  const edges = pieces.slice(1).map((piece) => piece.from);
  return [dayStartsAtMs, ...edges, ...pieces.map((piece) => piece.offsetMs)].every(isQuarter);
}

function isOfQuarters(where: Where): boolean {
  switch (where.op) {
    case 'and':
    case 'or':
      return where.of.every(isOfQuarters);
    case 'not':
      return isOfQuarters(where.of);
    default:
      return DIMENSIONS.includes(where.column);
  }
}

function isQuarter(ms: number): boolean {
  return ms % QUARTER_MS === 0;
}
