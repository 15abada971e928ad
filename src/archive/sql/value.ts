import { BadUserInputError } from '../../errors.ts';
import {
  type Arithmetic,
  arithmetic,
  type FunctionName,
  functions,
  type Value,
  type ValueType,
} from '../../records/expression.ts';
import type { RecordKind } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import { columnNamed, columnSql } from './columns.ts';
import type { Binder } from './dialect.ts';

/** An expression in SQL: what it makes, and whether it can be null. */
export interface TypedSql {
  readonly sql: string;
  readonly type: ValueType;
  readonly nullable: boolean;
}

/** Where an expression's names lead. */
export interface Scope {
  /** Throws a BadUserInputError where there is no such column. */
  column(name: string): TypedSql;
  /** The table of rows that it is; null where rows were grouped. */
  readonly table: string | null;
}

// What JavaScript's `trim` takes off as well.
const BLANKS =
  ' \t\n\v\f\r\u00a0\ufeff\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000';

/** The columns of a kind's rows. */
export function rowScope(kind: RecordKind): Scope {
  return {
    table: tableName[kind],
    column(name) {
      const column = columnNamed(kind, name);
      const { type, nullable } = column;
      if (type === 'texts') throw new BadUserInputError(`${name}: expected a plain column, got a list`);
      return { sql: columnSql(column), type, nullable };
    },
  };
}

/** An expression as SQL; throws a BadUserInputError naming a column that is not there or a type that does not meet. */
export function valueSql(value: Value, scope: Scope, binder: Binder): TypedSql {
  switch (value.is) {
    case 'column':
      return scope.column(value.column);
    case 'literal':
      return literalSql(value, binder);
    case 'name':
      return { sql: nameSql(value, scope, binder), type: 'text', nullable: false };
    case 'id': {
      const table = tableOf(scope);
      const json = `'["${value.type}",' || CAST(to_json(${table}.account) AS VARCHAR) || ',' || CAST(to_json(${table}.key) AS VARCHAR) || ']'`;
      return { sql: binder.dialect.spelling.base64url(json), type: 'text', nullable: false };
    }
    case 'call': {
      const of = value.of.map((each) => valueSql(each, scope, binder));
      return callSql(value.call, of, binder);
    }
  }
}

function literalSql({ type, value }: Extract<Value, { is: 'literal' }>, binder: Binder): TypedSql {
  if (value === null) return { sql: 'NULL', type, nullable: true };
  return { sql: binder.bind(type === 'date' ? 'text' : type, value), type, nullable: false };
}

function nameSql({ name, shown }: Extract<Value, { is: 'name' }>, scope: Scope, binder: Binder): string {
  const table = tableOf(scope);
  const found = `n.account = ${table}.account AND n.username = ${table}.provider_username`;
  if (shown === null) {
    if (name === 'providerUsername') return `${table}.provider_username`;
    return `(SELECT n.player FROM names AS n WHERE ${found})`;
  }
  const list = (of: keyof (typeof shown)[number]) =>
    `unnest(${binder.bind(
      'texts',
      shown.map((each) => each[of]),
    )})`;
  const names = `SELECT ${list('account')} AS account, ${list('username')} AS username, ${list(name)} AS shown_name`;
  return `(SELECT n.shown_name FROM (${names}) AS n WHERE ${found})`;
}

function tableOf({ table }: Scope): string {
  if (table !== null) return table;
  throw new BadUserInputError('expression: expected rows, got groups');
}

function callSql(call: FunctionName | Arithmetic, of: readonly TypedSql[], binder: Binder): TypedSql {
  const { spelling } = binder.dialect;
  const nullable = of.some((each) => each.nullable);
  if (isArithmetic(call)) {
    const [a = '', b = ''] = of.map((each) => decimalSql(each, binder));
    const made: Readonly<Record<Arithmetic, () => string>> = {
      add: () => `(${a} + ${b})`,
      sub: () => `(${a} - ${b})`,
      mul: () => spelling.product(a, b),
      neg: () => `(-${a})`,
      div: () => spelling.times(a, b),
      divby: () => spelling.divided(a, b),
      mod: () => spelling.remainder(a, b),
    };
    // What is divided by zero is null.
    const isDivided = call === 'div' || call === 'divby' || call === 'mod';
    return { sql: made[call](), type: 'decimal', nullable: nullable || isDivided };
  }
  const type = functions[call].makes;
  const [a = '', b = ''] = of.map(({ sql }) => sql);
  const part = (name: string) => `CAST(floor(date_part('${name}', ${spelling.utc(a)})) AS BIGINT)`;
  const made: Readonly<Record<FunctionName, () => string>> = {
    contains: () => `(strpos(${a}, ${b}) > 0)`,
    startswith: () => `starts_with(${a}, ${b})`,
    endswith: () => `(right(${a}, CAST(length(${b}) AS INTEGER)) = ${b})`,
    tolower: () => spelling.lower(a),
    toupper: () => spelling.upper(a),
    trim: () => {
      const blanks = binder.bind('text', BLANKS);
      return `ltrim(rtrim(${a}, ${blanks}), ${blanks})`;
    },
    concat: () => `(${a} || ${b})`,
    length: () => `CAST(length(${a}) AS BIGINT)`,
    indexof: () => `CAST(strpos(${a}, ${b}) - 1 AS BIGINT)`,
    date: () => spelling.isoDate(a),
    year: () => part('year'),
    month: () => part('month'),
    day: () => part('day'),
    hour: () => part('hour'),
    minute: () => part('minute'),
    second: () => part('second'),
  };
  return { sql: made[call](), type, nullable };
}

function isArithmetic(call: FunctionName | Arithmetic): call is Arithmetic {
  return (arithmetic as readonly string[]).includes(call);
}

/** A number as a decimal. */
export function decimalSql({ sql, type }: TypedSql, binder: Binder): string {
  return type === 'int' ? `CAST(${sql} AS ${binder.dialect.spelling.decimal})` : sql;
}

/** A value as it is compared and ordered by: numbers as numbers, texts by their bytes. */
export function comparableSql(value: TypedSql, other: ValueType, binder: Binder): string {
  if (value.type === 'int' && other === 'decimal') return decimalSql(value, binder);
  if (value.type === 'text' || value.type === 'date') return binder.dialect.spelling.bytewise(value.sql);
  return value.sql;
}
