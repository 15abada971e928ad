import { type FlatColumn, type FlatForm, idTypeOf } from '../../records/flat.ts';
import type { RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { sqlName, tableName } from '../../records/shape.ts';
import { createBinder, type Statement } from '../sql/dialect.ts';
import { axisSql, selectionSql } from '../sql/rows.ts';
import { type Slice, sliceSql } from '../sql/slices.ts';
import { duckDbDialect } from './dialect.ts';

// What a spreadsheet would run as a formula, and what RFC 4180 wants in quotes.
const FORMULA = '^[=+@\\t\\r-]';
const QUOTED = '[",\\r\\n]';

/** The lines of a slice's rows, in the order of pages. */
export function linesStatement(
  query: RowQuery,
  slice: Slice,
  { columns, shown }: FlatForm,
  format: 'csv' | 'ndjson',
): Statement {
  const binder = createBinder(duckDbDialect);
  const rows = `SELECT * FROM ${tableName[query.kind]} WHERE ${sliceSql(query, slice, binder)}`;
  const line = format === 'csv' ? csvLine(query.kind, columns) : jsonLine(query.kind, columns);
  const order = `${axisSql(query.kind, query.axis)} DESC, r.account, r.key`;
  const text = `SELECT ${line} FROM (${rows}) AS r ${named(columns, shown)} ORDER BY ${order}`;
  return { text, values: binder.values };
}

/** Writes a query's rows as a Parquet file; answers with one cell, their count. */
export function copyStatement(query: RowQuery, { columns, shown }: FlatForm, path: string): Statement {
  const binder = createBinder(duckDbDialect);
  const rows = `SELECT * FROM ${tableName[query.kind]} WHERE ${selectionSql(query, binder)}`;
  const cells = columns.map((column) => `${typedCell(query.kind, column)} AS "${column.name}"`);
  const select = `SELECT ${cells.join(', ')} FROM (${rows}) AS r ${named(columns, shown)}`;
  return {
    text: `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    values: binder.values,
  };
}

/** Makes the table of names shown instead of the operator's, for the snapshot it is run in. */
export function shownStatement({ shown }: FlatForm): Statement | null {
  if (shown === null) return null;
  const binder = createBinder(duckDbDialect);
  const list = (name: keyof (typeof shown)[number]) =>
    `unnest(${binder.bind(
      'texts',
      shown.map((each) => each[name]),
    )})`;
  const text = `CREATE TEMP TABLE shown AS SELECT ${list('account')} AS account, ${list('username')} AS username,
    ${list('player')} AS player, ${list('providerUsername')} AS shown_username`;
  return { text, values: binder.values };
}

function named(columns: readonly FlatColumn[], shown: FlatForm['shown']): string {
  const isNamed = columns.some(({ name }) => name === 'player' || name === 'providerUsername');
  if (!isNamed) return '';
  const source = shown === null ? 'SELECT *, username AS shown_username FROM names' : 'FROM shown';
  return `LEFT JOIN (${source}) AS n ON n.account = r.account AND n.username = r.provider_username`;
}

/** A cell with the type that Parquet keeps. */
function typedCell(kind: RecordKind, column: FlatColumn): string {
  const { type, stored } = column;
  if (type === 'text') return textCell(kind, column);
  const name = `r.${sqlName(stored!)}`;
  if (type === 'time') return `make_timestamptz(epoch_us(${name}))`;
  return type === 'int' ? `${name}::INTEGER` : name;
}

function textCell(kind: RecordKind, { name, stored }: FlatColumn): string {
  if (name === 'id') return idCell(kind);
  if (name === 'player') return 'n.player';
  if (name === 'providerUsername') return 'n.shown_username';
  if (name === 'provider') return 'upper(r.provider)';
  return stored === null ? 'NULL::VARCHAR' : `r.${sqlName(stored)}`;
}

function idCell(kind: RecordKind): string {
  const json = `'["${idTypeOf[kind]}",' || to_json(r.account) || ',' || to_json(r.key) || ']'`;
  return `rtrim(translate(to_base64(encode(${json})), '+/', '-_'), '=')`;
}

/** What a column reads as, without quotes. */
function plainCell(kind: RecordKind, column: FlatColumn): string {
  if (column.type === 'text') return textCell(kind, column);
  const name = `r.${sqlName(column.stored!)}`;
  if (column.type === 'time') return `strftime(${name}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
  return column.type === 'decimal' ? duckDbDialect.cell(name, 'decimal') : `${name}::VARCHAR`;
}

function csvLine(kind: RecordKind, columns: readonly FlatColumn[]): string {
  const cells = columns.map((column) => {
    const cell = plainCell(kind, column);
    return isFree(column) ? csvText(cell) : cell;
  });
  // A null adds nothing, which is how CSV says it.
  return `concat(${cells.join(", ',', ")}, chr(13), chr(10))`;
}

function csvText(cell: string): string {
  const guarded = `CASE WHEN regexp_matches(${cell}, ${literal(FORMULA)}) THEN '''' || ${cell} ELSE ${cell} END`;
  return `CASE WHEN ${cell} = '' THEN '""' WHEN regexp_matches(${cell}, ${literal(QUOTED)})
    THEN '"' || replace(${guarded}, '"', '""') || '"' ELSE ${guarded} END`;
}

function jsonLine(kind: RecordKind, columns: readonly FlatColumn[]): string {
  const cells = columns.map((column, at) => {
    const cell = plainCell(kind, column);
    const isBare = column.type === 'int' || column.type === 'bool';
    const value = isBare ? cell : isFree(column) ? `to_json(${cell})` : `'"' || ${cell} || '"'`;
    const start = literal(`${at === 0 ? '{' : ','}${JSON.stringify(column.name)}:`);
    return `${start}, coalesce(${value}, 'null')`;
  });
  return `concat(${cells.join(', ')}, '}', chr(10))`;
}

/** Whether a column's text is anybody's: what we make ourselves needs no quotes. */
function isFree({ name, type }: FlatColumn): boolean {
  return type === 'text' && !['id', 'provider', 'status', 'outcome', 'direction'].includes(name);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
