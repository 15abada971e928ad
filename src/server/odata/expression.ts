import { show } from '../../graph/rows/ids.ts';
import type { Comparison } from '../../records/expression.ts';
import type { Scalar } from '../../records/query.ts';
import type { Property } from './model.ts';
import { ODataError } from './odata-error.ts';
import { describe, isNull, isNumeric, type Operand, ofLiteral } from './operand.ts';
import type { Literal } from './tokens.ts';

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
  | { readonly op: 'compare'; readonly by: Comparison; readonly left: Operand; readonly right: Operand }
  /** An operand of type bool is true; a null is not, and neither is its opposite. */
  | { readonly op: 'holds'; readonly of: Operand }
  | Condition;

/** Whether an expression is a condition on one property as it stands. */
export function isCondition(expression: Expression): expression is Condition {
  return 'property' in expression;
}

const DAY_MS = 86_400_000;

const flipped: Readonly<Record<Comparison, Comparison>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

/** Compares two operands; throws an ODataError where their types do not meet. */
export function compareOperands(left: Operand, op: Comparison, right: Operand): Expression {
  if (left.is === 'property' && right.is === 'literal') return compare(left.property, op, right.literal);
  if (left.is === 'literal' && right.is !== 'literal') return compareOperands(right, flipped[op], left);
  if (left.is === 'call' && right.is === 'literal' && right.literal.type === 'time') {
    const { cut, date, value } = right.literal;
    if (left.type === 'date' && date && !cut) return compareDay(left, op, value);
  }
  const meet = left.type === right.type || (isNumeric(left) && isNumeric(right));
  if (meet || isNull(left) || isNull(right)) return { op: 'compare', by: op, left, right };
  throw new ODataError(
    '$filter',
    `${describe(left)}: expected ${expectations[left.type]}, got ${describe(right)}`,
  );
}

/** A day of a time as a range of it, which an archive finds sooner than every row's day. */
function compareDay(of: Operand, op: Comparison, start: number): Expression {
  const [time] = of.is === 'call' && of.call === 'date' ? of.of : [];
  const day = new Date(start).toISOString().slice(0, 10);
  if (time?.is !== 'property') {
    const right: Operand = { is: 'literal', type: 'date', value: day, literal: { type: 'text', value: day } };
    return { op: 'compare', by: op, left: of, right };
  }
  const bound = (by: 'ge' | 'lt', value: number): Expression => ({ op: by, property: time.property, value });
  if (op === 'ge' || op === 'lt') return bound(op, start);
  if (op === 'gt' || op === 'le') return bound(op === 'gt' ? 'ge' : 'lt', start + DAY_MS);
  const within: Expression = { op: 'and', of: [bound('ge', start), bound('lt', start + DAY_MS)] };
  return op === 'eq' ? within : { op: 'not', of: within };
}

/** An operand among literals; throws an ODataError where a type does not meet. */
export function amongLiterals(left: Operand, literals: readonly Literal[]): Expression {
  if (left.is === 'property') return among(left.property, literals);
  return { op: 'or', of: literals.map((literal) => compareOperands(left, 'eq', ofLiteral(literal))) };
}

/**
 * The parts joined. Equalities of one property become one `in`, and in a conjunction inequalities its opposite: slicers
 * write thousands of them, and an engine looks a value up in a list much sooner.
 */
export function join(op: 'and' | 'or', parts: readonly Expression[]): Expression {
  const lists = new Map<Property, Condition[]>();
  const isListed = (part: Expression): part is Condition =>
    isCondition(part) && (op === 'or' ? part.op === 'eq' || part.op === 'in' : part.op === 'ne');
  for (const part of parts) {
    if (!isListed(part)) continue;
    const list = lists.get(part.property);
    if (list === undefined) lists.set(part.property, [part]);
    else list.push(part);
  }
  const of = parts.flatMap((part): readonly Expression[] => {
    const list = isListed(part) ? lists.get(part.property)! : [];
    if (list.length < 2) return [part];
    return list[0] === part ? [inList(part.property, list, op)] : [];
  });
  return of.length === 1 ? of[0]! : { op, of };
}

function inList(property: Property, conditions: readonly Condition[], op: 'and' | 'or'): Expression {
  const values = conditions.flatMap((each) => (each.op === 'in' ? each.values : [each.value]));
  const among: Expression = { op: 'in', property, values };
  return op === 'or' ? among : { op: 'not', of: among };
}

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
