import { BadUserInputError } from '../../errors.ts';
import { type Decimal, fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import { type PeriodGrid, periodAt } from '../../records/period.ts';
import {
  groupFields,
  type RowQuery,
  summedFields,
  type TotalsQuery,
  type TotalsRow,
} from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { sqlName, tableName } from '../../records/shape.ts';
import { hasColumn, recordColumns } from './columns.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import type { Cell, Cells } from './records.ts';
import { axisSql, selectionSql } from './rows.ts';

/** A sum of a totals row: of which column and, where not of all rows, of which. */
interface Summed {
  readonly name: string;
  readonly column: string;
  readonly of?: string;
}

const summedOf: Readonly<Record<RecordKind, readonly Summed[]>> = {
  BET: summedFields('BET').map(whole),
  TRANSFER: summedFields('TRANSFER').flatMap((name) =>
    name === 'amount' ? byDirection(name) : [whole(name)],
  ),
  SEQ_NO_FAILURE: [],
};

function whole(name: string): Summed {
  return { name, column: name };
}

/** An amount in all, and its parts by the way it went. */
function byDirection(column: string): Summed[] {
  return [
    whole(column),
    { name: 'deposits', column, of: "direction = 'DEPOSIT'" },
    { name: 'withdrawals', column, of: "direction = 'WITHDRAWAL'" },
  ];
}

const units = { HOUR: 'hour', DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;
const SUM_SCALE = 18;

/** What totals are read from: the rows themselves, or rows added up before under the same column names. */
export interface TotalsSource {
  readonly table: string;
  /** How many rows of the kind a selection stands for. */
  readonly count: string;
  /** The largest number of decimals among a sum's values, row by row; null where all were null. */
  scaleOf(column: string): string;
  /** Whether withdrawn rows were left out of it already. @default false */
  readonly hasNoWithdrawn?: true;
}

/**
 * Counts and exact sums by group, in one pass. The columns, which `toTotals` reads back: the dimensions, the
 * period's local start and offset, count, players, the kind's own count, currencies, then terms and scale of each sum. With
 * `wide` the sums cannot overflow. Throws a BadUserInputError for a dimension the kind does not have.
 */
export function totalsStatement(
  dialect: Dialect,
  query: TotalsQuery,
  wide: boolean,
  source: TotalsSource = { table: tableName[query.kind], count: 'count(*)', scaleOf: dialect.scaleOf },
): Statement {
  const binder = createBinder(dialect);
  const groups = groupedBy(query).map((field) => groupSql(dialect, query.kind, field));
  if (query.periods !== null) groups.push(...periodSql(dialect, query, query.periods));
  const outputs = [...groups, double(source.count)];
  outputs.push(query.countPlayers ? double('count(DISTINCT player)') : 'NULL');
  outputs.push(ownCountSql(query));
  outputs.push(listsCurrencies(query) ? 'CAST(to_json(array_agg(DISTINCT currency)) AS VARCHAR)' : 'NULL');
  for (const { column, of } of summedBy(query)) {
    const name = sqlName(column);
    const filter = of === undefined ? '' : ` FILTER (WHERE ${of})`;
    outputs.push(...dialect.sumTerms(name, wide).map((term) => `CAST(sum(${term})${filter} AS VARCHAR)`));
    outputs.push(double(`max(${source.scaleOf(name)})${filter}`));
  }
  // Without groups an empty selection still has one row of SQL's; it is no group of ours.
  const grouping = groups.length === 0 ? 'HAVING count(*) > 0' : groupingSql(query, groups.length);
  const selection = selectionSql(source.hasNoWithdrawn ? { ...query, withdrawn: 'include' } : query, binder);
  const text = `SELECT ${outputs.join(', ')} FROM ${relation(source.table, query)} WHERE ${selection} ${grouping}`;
  return { text, values: binder.values };
}

/** The rows of a totals statement's answer. */
export function toTotals<K extends RecordKind>(
  query: TotalsQuery & { readonly kind: K },
  cells: Cells,
): TotalsRow<K>[] {
  const summed = summedBy(query);
  const grouped = groupedBy(query);
  const fixed = grouped.length + (query.periods === null ? 0 : 2);
  const sumWidth = summed.length === 0 ? 0 : (cells.length - fixed - 4) / summed.length;
  const periodOf = createPeriodReader(query.periods);
  const ownCount = ownCountName[query.kind];
  return (cells[0] ?? []).map((_, row) => {
    const at = (column: number): Cell => cells[column]?.[row] ?? null;
    const fields: Record<string, Cell> = {};
    for (const field of Object.values(groupFields[query.kind])) fields[field] = null;
    for (const [index, field] of grouped.entries()) fields[field] = at(index);
    const sums: Record<string, Decimal | null> = {};
    for (const [index, { name }] of summed.entries()) {
      const start = fixed + 4 + index * sumWidth;
      const terms = Array.from({ length: sumWidth - 1 }, (_, term) => at(start + term));
      sums[name] = toSum(terms, at(start + sumWidth - 1));
    }
    const totals = {
      ...fields,
      period: query.periods === null ? null : periodOf(Number(at(fixed - 2)), Number(at(fixed - 1))),
      count: Number(at(fixed)),
      playerCount: toCount(at(fixed + 1)),
      ...(ownCount !== null && { [ownCount]: toCount(at(fixed + 2)) }),
      currencies: currenciesOf(query, fields['currency'] ?? null, at(fixed + 3)),
      sums,
    };
    // The kind's own fields and sums, by the tables the row's type has them from.
    return totals as unknown as TotalsRow<K>;
  });
}

const ownCountName = { BET: 'roundCount', TRANSFER: null, SEQ_NO_FAILURE: 'failedCount' } as const;

function ownCountSql({ kind, countRounds }: TotalsQuery): string {
  if (kind === 'SEQ_NO_FAILURE') return double('count(*) FILTER (WHERE NOT succeeded)');
  if (kind !== 'BET' || !countRounds) return 'NULL';
  return double('count(DISTINCT (account, round_id)) FILTER (WHERE round_id IS NOT NULL)');
}

function summedBy({ kind, sums }: TotalsQuery): readonly Summed[] {
  return sums === undefined ? summedOf[kind] : summedOf[kind].filter(({ name }) => sums.includes(name));
}

/** The fields grouped by, as listed. */
function groupedBy({ kind, groupBy }: TotalsQuery): string[] {
  const fields: Readonly<Record<string, string>> = groupFields[kind];
  return groupBy.map((dimension) => {
    const field = fields[dimension];
    if (field !== undefined) return field;
    const known = Object.keys(fields).join(', ');
    throw new BadUserInputError(
      `groupBy: ${dimension} is no dimension of ${tableName[kind]}; expected ${known}`,
    );
  });
}

/** The group's expression; what is no text is selected as the cells of rows are. */
function groupSql(dialect: Dialect, kind: RecordKind, field: string): string {
  const column = recordColumns[kind].find(({ name }) => name === field);
  return column === undefined ? field : dialect.cell(sqlName(field), column.type);
}

/** Groups in order of time, then by dimension; of an hour that comes twice the larger offset is the earlier. */
function groupingSql(query: TotalsQuery, groups: number): string {
  const places = Array.from({ length: groups }, (_, index) => `${index + 1}`);
  const dimensions = places.slice(0, query.groupBy.length);
  const order = query.periods === null ? dimensions : [`${groups - 1}`, `${groups} DESC`, ...dimensions];
  return `GROUP BY ${places.join(', ')} ORDER BY ${order.join(', ')}`;
}

/** The local start of a row's period and, for hours, the offset that tells a repeated one from its first run. */
export function periodSql(dialect: Dialect, query: RowQuery, grid: PeriodGrid): [string, string] {
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

/** Finds the period behind the cells of `periodSql`; null without a grid. */
export function createPeriodReader(
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
