import { type FlatColumn, type FlatForm, idTypeOf, type LineFormat } from '../../records/flat.ts';
import type { PageQuery, RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { sqlName, tableName } from '../../records/shape.ts';
import { createBinder, type Statement } from '../sql/dialect.ts';
import { axisSql, pageRowsSql, selectionSql } from '../sql/rows.ts';
import { type Slice, sliceSql } from '../sql/slices.ts';
import { duckDbDialect } from './dialect.ts';

// What a spreadsheet would run as a formula, and what RFC 4180 wants quoted.
const FORMULA = '^[=+@\\t\\r-]';
const QUOTED = '[",\\r\\n]';

/** Which texts need quoting or escaping: a row's texts are joined by `separator` and searched for `pattern` at once. */
interface EscapeRule {
  readonly pattern: string;
  /** A SQL expression. */
  readonly separator: string;
}

// An empty text is quoted as well.
const CSV_ESCAPES: EscapeRule = { pattern: '[",\\r\\n]|(^|\\x1f)([=+@\\t-]|\\x1f|$)', separator: 'chr(31)' };
const JSON_ESCAPES: EscapeRule = { pattern: '["\\\\\\x00-\\x1f\\x7f]', separator: "' '" };

// A row of DuckDB's answer costs more than its bytes do, so this many lines share one.
const LINES_A_BLOCK = 1_000;

/**
 * The lines of a slice's rows in the order of pages, in blocks that come in any order: the block's number, the newest
 * with the largest, how many lines, and their bytes in UTF-8.
 */
export function linesStatement(
  query: RowQuery,
  slice: Slice,
  { columns, shown }: FlatForm,
  format: LineFormat,
): Statement {
  const binder = createBinder(duckDbDialect);
  const rows = `SELECT * FROM ${tableName[query.kind]} WHERE ${sliceSql(query, slice, binder)}`;
  const axis = axisSql(query.kind, query.axis);
  const cells = columns.map((column, at) => `${plainCell(query.kind, column)} AS c${at}`);
  const line = format === 'csv' ? csvLine(columns) : jsonLine(columns, { decimals: 'strings', end: '\n' });
  const blockMs = Math.ceil(slice.spanMs / Math.ceil(slice.rows / LINES_A_BLOCK));
  const text = `SELECT (epoch_ms(moment) // ${blockMs})::DOUBLE, count(*)::DOUBLE, encode(string_agg(${line}, '' ORDER BY moment DESC, account, key))
    FROM (SELECT ${axis} AS moment, r.account, r.key, ${cells.join(', ')} FROM (${rows}) AS r ${named(columns, shown)})
    GROUP BY epoch_ms(moment) // ${blockMs}`;
  return { text, values: binder.values };
}

/**
 * A page's rows as JSON objects with commas between them. One row: how many there are, one more than the page's limit
 * where others follow; the bytes of those within the limit; time, account and key of the last of these.
 */
export function jsonPageStatement(query: PageQuery, { columns }: FlatForm, decimals: 'numbers' | 'strings') {
  const binder = createBinder(duckDbDialect);
  const rows = pageRowsSql(duckDbDialect, { ...query, limit: query.limit + 1 }, binder);
  const order = `${axisSql(query.kind, query.axis)} DESC, r.account, r.key`;
  const cells = columns.map((column, at) => `${plainCell(query.kind, column)} AS c${at}`);
  const line = jsonLine(columns, { decimals, end: '' });
  const within = `FILTER (n <= ${query.limit})`;
  const last = (cell: string) => `max(${cell}) FILTER (n = ${query.limit})`;
  const text = `SELECT count(*)::DOUBLE, encode(string_agg(${line}, ',' ORDER BY n) ${within}),
      epoch_ms(${last('moment')})::DOUBLE, ${last('account')}, ${last('key')}
    FROM (SELECT row_number() OVER (ORDER BY ${order}) AS n, ${axisSql(query.kind, query.axis)} AS moment,
      r.account, r.key, ${cells.join(', ')} FROM (${rows}) AS r ${named(columns, null)})`;
  return { text, values: binder.values };
}

/** Writes a query's rows as a Parquet file; answers with one cell, their count. */
export function copyStatement(query: RowQuery, { columns, shown }: FlatForm, path: string): Statement {
  const binder = createBinder(duckDbDialect);
  const rows = `SELECT * FROM ${tableName[query.kind]} WHERE ${selectionSql(query, binder)}`;
  const cells = columns.map((column) => `${typedCell(query.kind, column)} AS "${column.name}"`);
  const select = `SELECT ${cells.join(', ')} FROM (${rows}) AS r ${named(columns, shown)}`;
  return {
    text: `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440)`,
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
  const base64 = `to_base64(encode(${json}))`;
  // Alphabet and padding are changed only where they occur: `translate` and `rtrim` of every id take ten times as long.
  const url = `CASE WHEN contains(${base64}, '+') OR contains(${base64}, '/')
    THEN translate(${base64}, '+/', '-_') ELSE ${base64} END`;
  return `substr(${url}, 1, (strlen(${json}) * 4 + 2) // 3)`;
}

/** What a column reads as, without quotes. */
function plainCell(kind: RecordKind, column: FlatColumn): string {
  if (column.type === 'text') return textCell(kind, column);
  const name = `r.${sqlName(column.stored!)}`;
  if (column.type === 'time') return `strftime(${name}, '%Y-%m-%dT%H:%M:%S.%gZ')`;
  return column.type === 'decimal' ? duckDbDialect.cell(name, 'decimal') : `${name}::VARCHAR`;
}

/** The line of cells that are named `c0` and so on, in the columns' order. */
function csvLine(columns: readonly FlatColumn[]): string {
  const written = (text: (cell: string) => string) => {
    const cells = columns.map((column, at) => (isFreeText(column) ? text(`c${at}`) : `c${at}`));
    // A null adds nothing, which is how CSV says it.
    return `concat(${cells.join(", ',', ")}, chr(13), chr(10))`;
  };
  return escapedWhereNeeded(
    columns,
    CSV_ESCAPES,
    written(csvText),
    written((cell) => cell),
  );
}

function csvText(cell: string): string {
  const guarded = `CASE WHEN regexp_matches(${cell}, ${literal(FORMULA)}) THEN '''' || ${cell} ELSE ${cell} END`;
  return `CASE WHEN ${cell} = '' THEN '""' WHEN regexp_matches(${cell}, ${literal(QUOTED)})
    THEN '"' || replace(${guarded}, '"', '""') || '"' ELSE ${guarded} END`;
}

interface JsonOptions {
  readonly decimals: 'numbers' | 'strings';
  /** What follows each object. */
  readonly end: string;
}

/** As `csvLine`. */
function jsonLine(columns: readonly FlatColumn[], { decimals, end }: JsonOptions): string {
  const bare = decimals === 'numbers' ? ['int', 'bool', 'decimal'] : ['int', 'bool'];
  const quoted = (cell: string) => `'"' || ${cell} || '"'`;
  const written = (text: (cell: string) => string) => {
    const cells = columns.map((column, at) => {
      const cell = `c${at}`;
      const value = bare.includes(column.type) ? cell : isFreeText(column) ? text(cell) : quoted(cell);
      const start = literal(`${at === 0 ? '{' : ','}${JSON.stringify(column.name)}:`);
      return `${start}, coalesce(${value}, 'null')`;
    });
    return `concat(${cells.join(', ')}, ${literal(`}${end}`)})`;
  };
  return escapedWhereNeeded(
    columns,
    JSON_ESCAPES,
    written((cell) => `to_json(${cell})`),
    written(quoted),
  );
}

/** `escaped` where any of a row's free texts needs it, else `plain`: one search over all of them, since few do. */
function escapedWhereNeeded(
  columns: readonly FlatColumn[],
  { pattern, separator }: EscapeRule,
  escaped: string,
  plain: string,
): string {
  const free = columns.flatMap((column, at) => (isFreeText(column) ? [`c${at}`] : []));
  if (free.length === 0) return plain;
  const all = `concat_ws(${separator}, ${free.join(', ')})`;
  return `CASE WHEN regexp_matches(${all}, ${literal(pattern)}) THEN ${escaped} ELSE ${plain} END`;
}

/** Whether a column's text comes from outside and may hold any character; texts we make need no quotes. */
function isFreeText({ name, type }: FlatColumn): boolean {
  return type === 'text' && !['id', 'provider', 'status', 'outcome', 'direction'].includes(name);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
