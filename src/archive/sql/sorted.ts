import type { SortedPlace, SortedQuery, SortKey } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { SortedRows } from '../archive.ts';
import { recordColumns } from './columns.ts';
import { type Binder, createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf, toRecords } from './records.ts';
import { recordCells, selectionSql } from './rows.ts';
import { comparableSql, rowScope, type Scope, type TypedSql, valueSql } from './value.ts';

/** A page in any order: the engine sorts by the terms alone, and reads whole rows of the page's only. */
export function sortedStatement(dialect: Dialect, query: SortedQuery): Statement {
  const binder = createBinder(dialect);
  const table = tableName[query.kind];
  const terms = termsOf(query, rowScope(query.kind), binder);
  const { rowId } = dialect.spelling;
  const read = rowId === undefined ? `${table}.*` : `${table}.${rowId} AS sorted_id`;
  const columns = terms.map(({ sql }, at) => `${sql} AS sort_${at}`);
  const beyond = beyondSql(query, terms, binder);
  const page =
    `SELECT ${[read, ...columns].join(', ')} FROM ${table} WHERE ${selectionSql(query, binder)}${beyond}` +
    ` ORDER BY ${orderSql(query, terms)} LIMIT ${Math.trunc(query.limit)} OFFSET ${Math.trunc(query.skip)}`;
  const keys = keyCells(terms, dialect);
  const from =
    rowId === undefined
      ? `(${page}) AS ${table}`
      : `${table} JOIN (${page}) AS page ON ${table}.${rowId} = page.sorted_id`;
  const text = `SELECT ${recordCells(dialect, query.kind)}, ${keys.join(', ')} FROM ${from} ORDER BY ${orderSql(query, terms)}`;
  return { text, values: binder.values };
}

/** The rows and keys of a sorted statement's answer. */
export function toSorted<K extends RecordKind>(kind: K, cells: Cells): SortedRows<K> {
  const width = recordColumns[kind].length;
  const keys = rowsOf(cells.slice(width)).map((row) => row.map((cell) => cell ?? null));
  return { rows: toRecords(kind, cells.slice(0, width)), keys };
}

/** The terms of an order as they are compared. */
export function termsOf({ orderBy }: SortedPlace, scope: Scope, binder: Binder): readonly TypedSql[] {
  return orderBy.map(({ value }) => {
    const term = valueSql(value, scope, binder);
    return { ...term, sql: comparableSql(term, term.type, binder) };
  });
}

/** The order of columns `sort_0` and so on. */
export function orderSql({ orderBy }: SortedPlace, terms: readonly TypedSql[]): string {
  return orderBy
    .map(({ descending }, at) => {
      const nulls = terms[at]?.nullable === true ? ` NULLS ${descending ? 'LAST' : 'FIRST'}` : '';
      return `sort_${at} ${descending ? 'DESC' : 'ASC'}${nulls}`;
    })
    .join(', ');
}

/** The condition, with its AND, that rows come after the place's key; empty where it has none. */
export function beyondSql(
  { orderBy, after }: SortedPlace,
  terms: readonly TypedSql[],
  binder: Binder,
): string {
  if (after === null) return '';
  const ways = orderBy.flatMap(({ descending }, at) => {
    const beyond = beyondOne(terms[at]!, after[at] ?? null, descending, binder);
    if (beyond === null) return [];
    const same = terms.slice(0, at).map((term, index) => sameSql(term, after[index] ?? null, binder));
    return [`(${[...same, beyond].join(' AND ')})`];
  });
  return ` AND ${ways.length === 0 ? 'false' : `(${ways.join(' OR ')})`}`;
}

function beyondOne(term: TypedSql, key: SortKey, descending: boolean, binder: Binder): string | null {
  if (key === null) return descending ? null : `${term.sql} IS NOT NULL`;
  const value = keySql(term, key, binder);
  if (!descending) return `${term.sql} > ${value}`;
  return term.nullable ? `(${term.sql} < ${value} OR ${term.sql} IS NULL)` : `${term.sql} < ${value}`;
}

function sameSql(term: TypedSql, key: SortKey, binder: Binder): string {
  return key === null ? `${term.sql} IS NULL` : `${term.sql} = ${keySql(term, key, binder)}`;
}

function keySql({ type }: TypedSql, key: NonNullable<SortKey>, binder: Binder): string {
  return binder.bind(type === 'date' ? 'text' : type, key);
}

/** Columns `sort_0` and so on as cells, whose names are not taken for them. */
export function keyCells(terms: readonly TypedSql[], dialect: Dialect): readonly string[] {
  return terms.map((term, at) => `${cellSql({ ...term, sql: `sort_${at}` }, dialect)} AS key_${at}`);
}

/** A value as a cell of an answer: decimals as their whole text. */
export function cellSql({ sql, type }: TypedSql, dialect: Dialect): string {
  if (type === 'decimal') return `CAST(${sql} AS VARCHAR)`;
  return type === 'date' ? sql : dialect.cell(sql, type);
}
