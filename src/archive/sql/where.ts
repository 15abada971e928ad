import { BadUserInputError } from '../../errors.ts';
import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../records/decimal.ts';
import type { Scalar, Where } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { Column } from '../../records/shape.ts';
import { type Bound, boundOf } from './bound.ts';
import { columnNamed, columnSql } from './columns.ts';
import type { Binder } from './dialect.ts';
import { comparableSql, rowScope, type Scope, valueSql } from './value.ts';

const operators = { eq: '=', ne: '<>', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;
type Operator = keyof typeof operators;

// The digits whose every number is exact in a double and fits both engines' time and integer types.
const INTEGER_DIGITS = 15;

/**
 * A condition as SQL. A comparison with null is false rather than unknown, so `not` of it is true.
 * Throws a BadUserInputError naming a column or value that cannot be compared.
 */
export function whereSql(kind: RecordKind, where: Where, binder: Binder): string {
  switch (where.op) {
    case 'compare':
    case 'holds':
      return expressionSql(where, rowScope(kind), binder);
    case 'and':
      return joined(kind, where.of, ' AND ', 'true', binder);
    case 'or':
      return joined(kind, where.of, ' OR ', 'false', binder);
    case 'not':
      return `NOT coalesce(${whereSql(kind, where.of, binder)}, false)`;
    case 'isNull':
      return `${columnSql(columnNamed(kind, where.column))} IS NULL`;
    case 'startsWith':
      return startsWith(columnNamed(kind, where.column), where.value, binder);
    case 'in':
      return isIn(columnNamed(kind, where.column), where.values, binder);
    default:
      return comparison(columnNamed(kind, where.column), where.op, where.value, binder);
  }
}

/** A condition on expressions as SQL: whatever else a condition says it says of a kind's columns. */
function expressionSql(
  where: Extract<Where, { op: 'compare' | 'holds' }>,
  scope: Scope,
  binder: Binder,
): string {
  if (where.op === 'holds') {
    const { sql } = valueSql(where.value, scope, binder);
    return where.is ? sql : `NOT ${sql}`;
  }
  const [left, right] = [valueSql(where.left, scope, binder), valueSql(where.right, scope, binder)];
  const a = comparableSql(left, right.type, binder);
  const b = comparableSql(right, left.type, binder);
  if (where.by === 'eq' || where.by === 'ne') {
    if (!left.nullable && !right.nullable) return `${a} ${operators[where.by]} ${b}`;
    return `${a} IS ${where.by === 'eq' ? 'NOT ' : ''}DISTINCT FROM ${b}`;
  }
  return `coalesce(${a} ${operators[where.by]} ${b}, false)`;
}

/** A condition on a table of groups; it compares expressions alone. */
export function groupWhereSql(where: Where, scope: Scope, binder: Binder): string {
  switch (where.op) {
    case 'and':
    case 'or': {
      const parts = where.of.map((each) => groupWhereSql(each, scope, binder));
      if (parts.length === 0) return where.op === 'and' ? 'true' : 'false';
      return `(${parts.join(where.op === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'not':
      return `NOT coalesce(${groupWhereSql(where.of, scope, binder)}, false)`;
    case 'compare':
    case 'holds':
      return expressionSql(where, scope, binder);
    default:
      throw new BadUserInputError(`${where.column}: expected a condition on groups, got one on rows`);
  }
}

function joined(
  kind: RecordKind,
  parts: readonly Where[],
  by: string,
  empty: string,
  binder: Binder,
): string {
  if (parts.length === 0) return empty;
  return `(${parts.map((part) => whereSql(kind, part, binder)).join(by)})`;
}

function startsWith(column: Column, prefix: string, binder: Binder): string {
  if (column.type !== 'text') throw unfit(column, 'a text column', prefix);
  return `starts_with(${columnSql(column)}, ${binder.bind('text', prefix)})`;
}

function isIn(column: Column, values: readonly Scalar[], binder: Binder): string {
  const comparable = values.flatMap((value) => {
    if (!isNumeric(column)) return [plainOf(column, value)];
    const bound = numericBound(column, value);
    return isExact(bound) ? [floorOf(column, bound.floor)] : [];
  });
  return binder.oneOf(columnSql(column), column.type, comparable);
}

function comparison(column: Column, operator: Operator, value: Scalar, binder: Binder): string {
  const name = columnSql(column);
  if (!isNumeric(column))
    return `${name} ${operators[operator]} ${binder.bind(column.type, plainOf(column, value))}`;
  const bound = numericBound(column, value);
  if (isExact(bound)) return `${name} ${operators[operator]} ${bindFloor(column, bound.floor, binder)}`;
  if (operator === 'eq') return 'false';
  if (operator === 'ne') return `${name} IS NOT NULL`;
  const upwards = operator === 'gt' || operator === 'ge';
  if (bound === 'above') return upwards ? 'false' : `${name} IS NOT NULL`;
  if (bound === 'below') return upwards ? `${name} IS NOT NULL` : 'false';
  return `${name} ${upwards ? '>' : '<='} ${bindFloor(column, bound.floor, binder)}`;
}

function isNumeric(column: Column): boolean {
  return column.type === 'decimal' || column.type === 'int' || column.type === 'time';
}

function isExact(bound: Bound): bound is { readonly floor: string; readonly exact: true } {
  return typeof bound === 'object' && bound.exact;
}

function numericBound(column: Column, value: Scalar): Bound {
  const whole = column.type === 'decimal' ? MAX_INTEGER_DIGITS : INTEGER_DIGITS;
  const scale = column.type === 'decimal' ? MAX_SCALE : 0;
  const bound = typeof value === 'boolean' ? null : boundOf(String(value), whole, scale);
  if (bound === null) throw unfit(column, 'a number', value);
  return bound;
}

function bindFloor(column: Column, floor: string, binder: Binder): string {
  return binder.bind(column.type, floorOf(column, floor));
}

function floorOf(column: Column, floor: string): Scalar {
  return column.type === 'decimal' ? floor : Number(floor);
}

function plainOf(column: Column, value: Scalar): Scalar {
  if (column.type === 'texts') throw unfit(column, 'isNull alone, it is a list', value);
  const wanted = column.type === 'bool' ? 'boolean' : 'string';
  if (typeof value !== wanted) throw unfit(column, `a ${wanted}`, value);
  return value;
}

function unfit(column: Column, expected: string, got: Scalar): BadUserInputError {
  return new BadUserInputError(`${column.name}: expected ${expected}, got ${String(got).slice(0, 40)}`);
}
