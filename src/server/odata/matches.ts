import { type Decimal, scaleOf, unitsOf } from '../../records/decimal.ts';
import type { Comparison, ValueType } from '../../records/expression.ts';
import type { Scalar } from '../../records/query.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { type NamedRow, operandValue } from './evaluate.ts';
import type { Condition, Expression } from './expression.ts';
import type { Property } from './model.ts';
import { isNumeric, typeOfProperty } from './operand.ts';

/** Whether a row satisfies a `$filter`, as OData has it: a null equals a null, and compares with nothing. */
export function matches(expression: Expression, row: NamedRow): boolean {
  return truthOf(expression, row) === true;
}

/** Null where a function was given a null. */
function truthOf(expression: Expression, row: NamedRow): boolean | null {
  if (expression.op === 'and' || expression.op === 'or') {
    const decides = expression.op === 'or';
    let truth: boolean | null = !decides;
    for (const each of expression.of) {
      const one = truthOf(each, row);
      if (one === decides) return decides;
      if (one === null) truth = null;
    }
    return truth;
  }
  if (expression.op === 'not') {
    const inner = truthOf(expression.of, row);
    return inner === null ? null : !inner;
  }
  if (expression.op === 'constant') return expression.value;
  if (expression.op === 'holds') return operandValue(expression.of, row) as boolean | null;
  if (expression.op === 'compare') {
    const { left, right, by } = expression;
    const numbers = left.type === 'decimal' || right.type === 'decimal';
    const type = numbers && isNumeric(left) && isNumeric(right) ? 'decimal' : left.type;
    return compares(type, by, operandValue(left, row), operandValue(right, row));
  }
  const value = row[expression.property.name] ?? null;
  if (expression.op === 'startswith' && value === null) return null;
  return satisfies(expression, value);
}

/** Whether a property's value satisfies a condition on it. */
export function satisfies(condition: Condition, value: FlatValue): boolean {
  const { op, property } = condition;
  if (op === 'in') return condition.values.some((each) => order(property, value, each) === 0);
  if (op === 'startswith') return typeof value === 'string' && value.startsWith(condition.value);
  return compares(typeOfProperty(property), op, value, condition.value);
}

function compares(type: ValueType, op: Comparison, value: FlatValue, other: FlatValue): boolean {
  const equal = value === null || other === null ? value === other : null;
  if (op === 'eq' || op === 'ne') return (equal ?? orderOf(type, value, other) === 0) === (op === 'eq');
  if (equal !== null) return false;
  const sign = orderOf(type, value, other);
  if (op === 'gt') return sign > 0;
  if (op === 'ge') return sign >= 0;
  return op === 'lt' ? sign < 0 : sign <= 0;
}

/** Negative, zero or positive as one value comes before, with or after another; texts bytewise, nulls first. */
export function order(property: Property, a: FlatValue, b: Scalar | null): number {
  return orderOf(typeOfProperty(property), a, b);
}

export function orderOf(type: ValueType, a: FlatValue, b: Scalar | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (type === 'decimal') return compareDecimals(`${a}` as Decimal, `${b}` as Decimal);
  if (type === 'text') return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  const [left, right] = [unitsOf(a, scale), unitsOf(b, scale)];
  return left < right ? -1 : left > right ? 1 : 0;
}
