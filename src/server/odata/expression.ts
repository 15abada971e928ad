import { show } from '../../graph/rows/ids.ts';
import type { Scalar } from '../../records/query.ts';
import type { Property } from './model.ts';
import { ODataError } from './odata-error.ts';
import type { Literal } from './tokens.ts';

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof comparisons)[number];

/** A condition on one property; its values are of the property's type. */
export type Condition =
  | { readonly op: Comparison; readonly property: Property; readonly value: Scalar | null }
  | { readonly op: 'in'; readonly property: Property; readonly values: readonly (Scalar | null)[] }
  | { readonly op: 'startswith'; readonly property: Property; readonly value: string };

/** A `$filter`, its names and types checked. */
export type Expression =
  | { readonly op: 'and'; readonly of: readonly Expression[] }
  | { readonly op: 'or'; readonly of: readonly Expression[] }
  | { readonly op: 'not'; readonly of: Expression }
  | { readonly op: 'constant'; readonly value: boolean }
  | Condition;

const expectations: Readonly<Record<Property['type'], string>> = {
  text: "a text such as 'abc'",
  decimal: 'a number such as 12.50',
  int: 'a whole number',
  count: 'a whole number',
  bool: 'true or false',
  time: 'a time such as 2026-11-01T00:00:00Z',
  date: 'a date such as 2026-11-01',
};

/** Compares a property with a literal; throws an ODataError where their types do not meet. */
export function compare(property: Property, op: Comparison, literal: Literal): Expression {
  if (literal.type !== 'null') {
    const value = toScalar(property, literal);
    if (property.type === 'text' || literal.type !== 'time' || !literal.cut) return { op, property, value };
    // The archive holds whole milliseconds: none equals a finer time, and the one below it stands for it.
    if (op === 'eq' || op === 'ne') return { op: 'constant', value: op === 'ne' };
    return { op: op === 'ge' ? 'gt' : op === 'lt' ? 'le' : op, property, value };
  }
  if (op === 'eq' || op === 'ne') return { op, property, value: null };
  return { op: 'constant', value: false };
}

/** A property among literals; throws an ODataError where a type does not meet. */
export function among(property: Property, literals: readonly Literal[]): Expression {
  const values = literals
    .filter((literal) => literal.type !== 'time' || !literal.cut)
    .map((literal) => (literal.type === 'null' ? null : toScalar(property, literal)));
  return { op: 'in', property, values };
}

function toScalar(property: Property, literal: Exclude<Literal, { type: 'null' }>): Scalar {
  const { type } = property;
  if (type === literal.type) return literal.value;
  if (type === 'decimal' && literal.type === 'number') return literal.value;
  if ((type === 'int' || type === 'count') && literal.type === 'number' && /^-?\d{1,15}$/.test(literal.value))
    return Number(literal.value);
  if (type === 'date' && literal.type === 'time') {
    const [day = '', time] = new Date(literal.value).toISOString().split('T');
    if (time === '00:00:00.000Z' && !literal.cut) return day;
  }
  const got = literal.type === 'text' ? show(literal.value) : String(literal.value);
  throw new ODataError('$filter', `${property.name}: expected ${expectations[type]}, got ${got}`);
}
