import { BadUserInputError } from '../../errors.ts';
import { type Decimal, fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import { type PeriodGrid, periodAt } from '../../records/period.ts';
import {
  type Dimension,
  type SummedColumn,
  summedColumns,
  type TotalsQuery,
  type TotalsRow,
} from '../../records/query.ts';
import { sqlName, tableName } from '../../records/shape.ts';
import { hasColumn } from './columns.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import type { Cell, Cells } from './records.ts';
import { axisSql, selectionSql } from './rows.ts';

type GroupDimension = Exclude<Dimension, 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'>;
type GroupField = Exclude<
  keyof TotalsRow,
  'period' | 'count' | 'playerCount' | 'roundCount' | 'currencies' | 'sums'
>;

const fieldOf: Readonly<Record<GroupDimension, GroupField>> = {
  PROVIDER: 'provider',
  ACCOUNT: 'account',
  CURRENCY: 'currency',
  GAME: 'gameCode',
  GAME_TYPE: 'gameType',
  BET_TYPE: 'betType',
  PLAYER: 'player',
  STATUS: 'status',
  OUTCOME: 'outcome',
};

const units = { HOUR: 'hour', DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;
const SUM_SCALE = 18;

/** What totals are read from: the rows themselves, or rows added up before under the same column names. */
export interface TotalsSource {
  readonly table: string;
  /** How many rows of the kind a selection stands for. */
  readonly count: string;
  /** The largest number of decimals among a sum's values, row by row; null where all were null. */
  scaleOf(column: string): string;
}

/**
 * Counts and exact sums by group, in one pass. The columns, which `toTotals` reads back: the dimensions, the
 * period's local start and offset, count, players, rounds, currencies, then terms and scale of each sum. With
 * `wide` the sums cannot overflow. Throws a BadUserInputError for a dimension the kind does not have.
 */
export function totalsStatement(
  dialect: Dialect,
  query: TotalsQuery,
  wide: boolean,
  source: TotalsSource = { table: tableName[query.kind], count: 'count(*)', scaleOf: dialect.scaleOf },
): Statement {
  const binder = createBinder(dialect);
  const groups = query.groupBy.map((dimension) => groupSql(query, dimension));
  if (query.periods !== null) groups.push(...periodSql(dialect, query, query.periods));
  const outputs = [...groups, double(source.count)];
  outputs.push(query.countPlayers ? double('count(DISTINCT player)') : 'NULL');
  outputs.push(
    query.countRounds && hasColumn(query.kind, 'roundId')
      ? double('count(DISTINCT (account, round_id)) FILTER (WHERE round_id IS NOT NULL)')
      : 'NULL',
  );
  outputs.push(listsCurrencies(query) ? 'CAST(to_json(array_agg(DISTINCT currency)) AS VARCHAR)' : 'NULL');
  for (const column of summedIn(query)) {
    const name = sqlName(column);
    outputs.push(...dialect.sumTerms(name, wide).map((term) => `CAST(sum(${term}) AS VARCHAR)`));
    outputs.push(double(`max(${source.scaleOf(name)})`));
  }
  // Without groups an empty selection still has one row of SQL's; it is no group of ours.
  const grouping = groups.length === 0 ? 'HAVING count(*) > 0' : groupingSql(query, groups.length);
  const selection = selectionSql(query, binder);
  const text = `SELECT ${outputs.join(', ')} FROM ${relation(source.table, query)} WHERE ${selection} ${grouping}`;
  return { text, values: binder.values };
}

/** The rows of a totals statement's answer. */
export function toTotals(query: TotalsQuery, cells: Cells): TotalsRow[] {
  const summed = summedIn(query);
  const fixed = query.groupBy.length + (query.periods === null ? 0 : 2);
  const sumWidth = summed.length === 0 ? 0 : (cells.length - fixed - 4) / summed.length;
  const periodOf = createPeriodReader(query.periods);
  return (cells[0] ?? []).map((_, row) => {
    const at = (column: number): Cell => cells[column]?.[row] ?? null;
    const fields = Object.fromEntries(
      Object.values(fieldOf).map((field) => [field, null]),
    ) as unknown as Record<GroupField, Cell>;
    for (const [index, dimension] of query.groupBy.entries()) fields[fieldOf[dimension]] = at(index);
    const sums = Object.fromEntries(summedColumns.map((column) => [column, null])) as Record<
      SummedColumn,
      Decimal | null
    >;
    for (const [index, column] of summed.entries()) {
      const start = fixed + 4 + index * sumWidth;
      const terms = Array.from({ length: sumWidth - 1 }, (_, term) => at(start + term));
      sums[column] = toSum(terms, at(start + sumWidth - 1));
    }
    return {
      ...(fields as unknown as Pick<TotalsRow, GroupField>),
      period: query.periods === null ? null : periodOf(Number(at(fixed - 2)), Number(at(fixed - 1))),
      count: Number(at(fixed)),
      playerCount: toCount(at(fixed + 1)),
      roundCount: toCount(at(fixed + 2)),
      currencies: currenciesOf(query, fields.currency, at(fixed + 3)),
      sums,
    };
  });
}

function groupSql(query: TotalsQuery, dimension: GroupDimension): string {
  const field = fieldOf[dimension];
  if (field !== 'player' && !hasColumn(query.kind, field)) {
    throw new BadUserInputError(`groupBy: ${dimension} is no dimension of ${tableName[query.kind]}`);
  }
  return sqlName(field);
}

/** Groups in order of time, then by dimension; of an hour that comes twice the larger offset is the earlier. */
function groupingSql(query: TotalsQuery, groups: number): string {
  const places = Array.from({ length: groups }, (_, index) => `${index + 1}`);
  const dimensions = places.slice(0, query.groupBy.length);
  const order = query.periods === null ? dimensions : [`${groups - 1}`, `${groups} DESC`, ...dimensions];
  return `GROUP BY ${places.join(', ')} ORDER BY ${order.join(', ')}`;
}

/** The local start of a row's period and, for hours, the offset that tells a repeated one from its first run. */
function periodSql(dialect: Dialect, query: TotalsQuery, grid: PeriodGrid): [string, string] {
  const axis = axisSql(query.kind, query.axis);
  const offset = offsetSql(dialect, axis, grid);
  const local = dialect.truncated(axis, `${offset} - ${Math.trunc(grid.dayStartsAtMs)}`, units[grid.unit]);
  return [double(local), double(grid.unit === 'HOUR' ? offset : '0')];
}

function offsetSql(dialect: Dialect, axis: string, grid: PeriodGrid): string {
  const offsets = grid.pieces.map((piece) => `${Math.trunc(piece.offsetMs)}`);
  if (offsets.length < 2) return offsets[0] ?? '0';
  const ms = dialect.cell(axis, 'time');
  const cases = grid.pieces
    .slice(0, -1)
    .map((piece, index) => `WHEN ${ms} < ${piece.to} THEN ${offsets[index]}`);
  return `CASE ${cases.join(' ')} ELSE ${offsets.at(-1)} END`;
}

function relation(table: string, query: TotalsQuery): string {
  if (!query.countPlayers && !query.groupBy.includes('PLAYER')) return table;
  return (
    `${table} LEFT JOIN (SELECT account AS named_account, username, player FROM names) AS named` +
    ' ON named_account = account AND username = provider_username'
  );
}

function summedIn(query: TotalsQuery): SummedColumn[] {
  return summedColumns.filter((column) => hasColumn(query.kind, column));
}

function listsCurrencies(query: TotalsQuery): boolean {
  return hasColumn(query.kind, 'currency') && !query.groupBy.includes('CURRENCY');
}

function currenciesOf(query: TotalsQuery, grouped: Cell, listed: Cell): string[] {
  if (listsCurrencies(query)) return (JSON.parse(String(listed)) as string[]).sort();
  return grouped === null ? [] : [String(grouped)];
}

function toCount(cell: Cell): number | null {
  return cell === null ? null : Number(cell);
}

/** Adds a sum's terms and gives it the largest scale summed. */
function toSum(terms: readonly Cell[], scale: Cell): Decimal | null {
  if (scale === null) return null;
  const total = terms.reduce((sum, term) => sum + unitsOfText(String(term)), 0n);
  return fromUnits(total / 10n ** BigInt(SUM_SCALE - Number(scale)), Number(scale));
}

function unitsOfText(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(SUM_SCALE, '0'));
}

function createPeriodReader(
  grid: PeriodGrid | null,
): (localStart: number, offsetMs: number) => Interval | null {
  const known = new Map<string, Interval>();
  return (localStart, offsetMs) => {
    if (grid === null) return null;
    const id = `${localStart} ${offsetMs}`;
    const period = known.get(id) ?? periodAt(grid, localStart, offsetMs);
    known.set(id, period);
    return period;
  };
}

function double(expression: string): string {
  return `CAST(${expression} AS DOUBLE PRECISION)`;
}
