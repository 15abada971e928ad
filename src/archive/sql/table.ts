import { BadUserInputError } from '../../errors.ts';
import type { ValueType } from '../../records/expression.ts';
import type { Aggregate, SortKey, Table, TableQuery, TableStep } from '../../records/query.ts';
import { tableName } from '../../records/shape.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';
import { selectionSql } from './rows.ts';
import { beyondSql, cellSql, keyCells, orderSql, termsOf } from './sorted.ts';
import { comparableSql, decimalSql, rowScope, type Scope, type TypedSql, valueSql } from './value.ts';
import { groupWhereSql, whereSql } from './where.ts';

/** A statement that answers with a table's columns, in this order. */
export interface TableStatement extends Statement {
  readonly columns: Table['columns'];
}

interface Relation {
  readonly from: string;
  readonly where: string;
  readonly scope: Scope;
  /** Its columns, once rows were grouped; null before. */
  readonly columns: Table['columns'] | null;
}

/** A page of the table that a query's steps make; where it has no place, one cell with how many rows it has. */
export function tableStatement(dialect: Dialect, query: TableQuery, wide: boolean): TableStatement {
  const binder = createBinder(dialect);
  const { kind } = query.rows;
  let relation: Relation = {
    from: tableName[kind],
    where: selectionSql(query.rows, binder),
    scope: rowScope(kind),
    columns: null,
  };
  for (const step of query.steps) {
    if (step.step === 'group') relation = grouped(relation, step, wide, binder);
    else {
      const where =
        relation.columns === null
          ? whereSql(kind, step.where, binder)
          : groupWhereSql(step.where, relation.scope, binder);
      relation = { ...relation, where: `${relation.where} AND ${where}` };
    }
  }
  const { from, where, scope, columns } = relation;
  if (columns === null) throw new BadUserInputError('steps: expected one that groups');
  const { place } = query;
  if (place === null) {
    const text = `SELECT CAST(count(*) AS DOUBLE PRECISION) FROM ${from} WHERE ${where}`;
    return { text, values: binder.values, columns: [{ name: 'count', type: 'int' }] };
  }
  const cells = columns.map(({ name }) => cellSql(scope.column(name), dialect));
  const terms = termsOf(place, scope, binder);
  const keys = terms.map(({ sql }, at) => `${sql} AS sort_${at}`);
  const order = terms.length === 0 ? '' : ` ORDER BY ${orderSql(place, terms)}`;
  const page =
    `SELECT ${[...columns.map((_, at) => `c${at}`), ...keys].join(', ')} FROM ${from}` +
    ` WHERE ${where}${beyondSql(place, terms, binder)}${order}` +
    ` LIMIT ${Math.trunc(place.limit)} OFFSET ${Math.trunc(place.skip)}`;
  const ends = keyCells(terms, dialect);
  return {
    text: `SELECT ${[...cells, ...ends].join(', ')} FROM (${page}) AS page${order}`,
    values: binder.values,
    columns,
  };
}

/** The table of a statement's answer; decimals are spelt without trailing zeros. */
export function toTable({ columns }: TableStatement, cells: Cells): Table {
  const width = columns.length;
  const rows = rowsOf(cells.slice(0, width)).map((row) =>
    row.map((cell, at): SortKey => {
      if (cell === undefined || cell === null) return null;
      return columns[at]?.type === 'decimal' ? plain(String(cell)) : cell;
    }),
  );
  const keys = rowsOf(cells.slice(width)).map((row) => row.map((cell) => cell ?? null));
  return { columns, rows, keys };
}

function plain(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function grouped(
  { from, where, scope }: Relation,
  { by, aggregates }: Extract<TableStep, { step: 'group' }>,
  wide: boolean,
  binder: Binder,
): Relation {
  const groups = by.map(({ name, value }) => ({ name, made: valueSql(value, scope, binder) }));
  const values = aggregates.map(({ of }) =>
    of.method === 'count' ? null : valueSql(of.value, scope, binder),
  );
  const inner = [
    ...groups.map(({ made }, at) => `${made.sql} AS g${at}`),
    ...values.flatMap((value, at) => (value === null ? [] : [`${value.sql} AS v${at}`])),
  ];
  const made = aggregates.map(({ of }, at) => aggregateSql(of.method, values[at] ?? null, at, wide, binder));
  const middle = [...groups.map((_, at) => `g${at}`), ...made.map(({ inner: each }) => each)];
  const outer = [...groups.map((_, at) => `g${at}`), ...made.map(({ outer: each }) => each)];
  const columns = [
    ...groups.map((each) => ({ ...each.made, name: each.name })),
    ...made.map((each, at) => ({ ...each, name: aggregates[at]!.name })),
  ].map(({ name, type, nullable }, at) => ({ name, type, nullable, sql: `c${at}` }));
  const grouping = groups.length === 0 ? '' : ` GROUP BY ${groups.map((_, at) => at + 1).join(', ')}`;
  // Values are worked out, put together and divided one after the other: an engine may not find a column otherwise.
  const rows = `(SELECT ${inner.length === 0 ? '1 AS one' : inner.join(', ')} FROM ${from} WHERE ${where}) AS valued`;
  const sums = `(SELECT ${middle.join(', ')} FROM ${rows}${grouping}) AS summed`;
  const table = `(SELECT ${outer.map((each, at) => `${each} AS c${at}`).join(', ')} FROM ${sums}) AS grouped`;
  return { from: table, where: 'true', columns, scope: groupScope(columns) };
}

function groupScope(columns: readonly (TypedSql & { readonly name: string })[]): Scope {
  return {
    table: null,
    column(name) {
      const found = columns.find((each) => each.name === name);
      if (found !== undefined) return found;
      const names = columns.map((each) => each.name).join(', ');
      throw new BadUserInputError(`column: expected one of ${names}, got ${name}`);
    },
  };
}

interface AggregateSql {
  /** Of the column of values, with the name of what comes out. */
  readonly inner: string;
  /** What is made of that. */
  readonly outer: string;
  readonly type: ValueType;
  readonly nullable: boolean;
}

function aggregateSql(
  method: Aggregate['of']['method'],
  value: TypedSql | null,
  at: number,
  wide: boolean,
  binder: Binder,
): AggregateSql {
  const made = (sql: string, type: ValueType, nullable = true) => ({
    inner: `${sql} AS a${at}`,
    outer: `a${at}`,
    type,
    nullable,
  });
  if (value === null || method === 'count') return made('count(*)', 'int', false);
  const column = { ...value, sql: `v${at}` };
  const { spelling } = binder.dialect;
  if (method === 'countdistinct') return made(`count(DISTINCT ${column.sql})`, 'int', false);
  if (method === 'min' || method === 'max')
    return made(`${method}(${comparableSql(column, column.type, binder)})`, value.type);
  const sum = spelling.sum(decimalSql(column, binder), wide);
  if (method === 'sum') return made(sum, 'decimal');
  return {
    inner: `${sum} AS a${at}, count(${column.sql}) AS n${at}`,
    outer: spelling.quotient(`a${at}`, `n${at}`),
    type: 'decimal',
    nullable: true,
  };
}
