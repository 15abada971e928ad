import {
  type Decimal,
  fromUnits,
  negate,
  quotient,
  remainder,
  scaleOf,
  sum,
  unitsOf,
  wholeQuotient,
} from '../../records/decimal.ts';
import type { Arithmetic, FunctionName } from '../../records/expression.ts';
import type { FlatValue } from '../export/flat-row.ts';
import type { Operand } from './operand.ts';

/** A row whose values are found by its properties' names. */
export type NamedRow = Readonly<Record<string, FlatValue>>;

/** What an operand is of a row; null where a part of it is. */
export function operandValue(operand: Operand, row: NamedRow): FlatValue {
  if (operand.is === 'literal') return operand.value;
  if (operand.is === 'property') return row[operand.property.name] ?? null;
  const of = operand.of.map((each) => operandValue(each, row));
  if (of.includes(null)) return null;
  const [a, b] = of;
  return calls[operand.call](a as never, b as never);
}

// Whole numbers of properties are numbers, those of arithmetic decimals.
const exact = (value: FlatValue) => String(value) as Decimal;
const at = (time: number) => new Date(time);
const points = (text: string) => [...text].length;

type Call = (a: never, b: never) => FlatValue;
const calls: Readonly<Record<FunctionName | Arithmetic, Call>> = {
  contains: (a: string, b: string) => a.includes(b),
  startswith: (a: string, b: string) => a.startsWith(b),
  endswith: (a: string, b: string) => a.endsWith(b),
  tolower: (a: string) => a.toLowerCase(),
  toupper: (a: string) => a.toUpperCase(),
  trim: (a: string) => a.trim(),
  concat: (a: string, b: string) => a + b,
  length: (a: string) => points(a),
  indexof: (a: string, b: string) => {
    const found = a.indexOf(b);
    return found < 0 ? found : points(a.slice(0, found));
  },
  date: (a: number) => at(a).toISOString().slice(0, 10),
  year: (a: number) => at(a).getUTCFullYear(),
  month: (a: number) => at(a).getUTCMonth() + 1,
  day: (a: number) => at(a).getUTCDate(),
  hour: (a: number) => at(a).getUTCHours(),
  minute: (a: number) => at(a).getUTCMinutes(),
  second: (a: number) => at(a).getUTCSeconds(),
  add: (a: FlatValue, b: FlatValue) => sum(exact(a), exact(b)),
  sub: (a: FlatValue, b: FlatValue) => sum(exact(a), negate(exact(b))),
  neg: (a: FlatValue) => negate(exact(a)),
  div: (a: FlatValue, b: FlatValue) => wholeQuotient(exact(a), exact(b)),
  divby: (a: FlatValue, b: FlatValue) => quotient(exact(a), exact(b)),
  mod: (a: FlatValue, b: FlatValue) => remainder(exact(a), exact(b)),
  mul: (a: FlatValue, b: FlatValue) => {
    const [left, right] = [exact(a), exact(b)];
    return fromUnits(unitsOf(left) * unitsOf(right), scaleOf(left) + scaleOf(right));
  },
};
