import { type Decimal, scaleOf, unitsOf } from '../../records/decimal.ts';
import type { Scalar } from '../../records/query.ts';
import type { FlatValue } from '../export/flat-row.ts';
import type { Condition, Expression } from './expression.ts';
import type { Property } from './model.ts';

/** A row whose values are found by its properties' names. */
export type NamedRow = Readonly<Record<string, FlatValue>>;

/** Whether a row satisfies a `$filter`, as OData has it: a null equals a null, and compares with nothing. */
export function matches(expression: Expression, row: NamedRow): boolean {
  if (expression.op === 'and') return expression.of.every((each) => matches(each, row));
  if (expression.op === 'or') return expression.of.some((each) => matches(each, row));
  if (expression.op === 'not') return !matches(expression.of, row);
  if (expression.op === 'constant') return expression.value;
  return satisfies(expression, row[expression.property.name] ?? null);
}

/** Whether a property's value satisfies a condition on it. */
export function satisfies(condition: Condition, value: FlatValue): boolean {
  const { op, property } = condition;
  if (op === 'in') return condition.values.some((each) => order(property, value, each) === 0);
  if (op === 'startswith') return typeof value === 'string' && value.startsWith(condition.value);
  const equal = value === null || condition.value === null ? value === condition.value : null;
  if (op === 'eq' || op === 'ne')
    return (equal ?? order(property, value, condition.value) === 0) === (op === 'eq');
  if (equal !== null) return false;
  const sign = order(property, value, condition.value);
  if (op === 'gt') return sign > 0;
  if (op === 'ge') return sign >= 0;
  return op === 'lt' ? sign < 0 : sign <= 0;
}

/** Negative, zero or positive as one value comes before, with or after another; texts bytewise, nulls first. */
export function order(property: Property, a: FlatValue, b: Scalar | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (property.type === 'decimal') return compareDecimals(a as Decimal, b as Decimal);
  if (property.type === 'text') return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  const [left, right] = [unitsOf(a, scale), unitsOf(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}
