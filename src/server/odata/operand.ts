import { show } from '../../graph/rows/ids.ts';
import { type Arithmetic, type FunctionName, functions, type ValueType } from '../../records/expression.ts';
import type { Scalar } from '../../records/query.ts';
import type { Property } from './model.ts';
import { ODataError } from './odata-error.ts';
import type { Literal } from './tokens.ts';

/** What stands on one side of a comparison: a property, a literal, or what is made of such. */
export type Operand =
  | { readonly is: 'property'; readonly type: ValueType; readonly property: Property }
  /** `type` null is the literal `null`. */
  | {
      readonly is: 'literal';
      readonly type: ValueType;
      readonly value: Scalar | null;
      readonly literal: Literal;
    }
  | {
      readonly is: 'call';
      readonly type: ValueType;
      readonly call: FunctionName | Arithmetic;
      readonly of: readonly Operand[];
    };

export const functionNames = Object.keys(functions) as readonly FunctionName[];

/** A property's values as expressions know them. */
export function typeOfProperty({ type }: Property): ValueType {
  return type === 'count' ? 'int' : type;
}

export function ofProperty(property: Property): Operand {
  return { is: 'property', type: typeOfProperty(property), property };
}

export function ofLiteral(literal: Literal): Operand {
  if (literal.type === 'null') return { is: 'literal', type: 'text', value: null, literal };
  if (literal.type === 'number') {
    const isWhole = /^-?\d{1,15}$/.test(literal.value);
    return {
      is: 'literal',
      type: isWhole ? 'int' : 'decimal',
      value: isWhole ? Number(literal.value) : literal.value,
      literal,
    };
  }
  return { is: 'literal', type: literal.type, value: literal.value, literal };
}

/** A function's call; throws an ODataError where it takes other values. */
export function callOf(option: string, name: FunctionName, of: readonly Operand[]): Operand {
  const { takes, makes } = functions[name];
  const fits = of.length === takes.length && takes.every((type, at) => isOfType(of[at]!, type));
  if (!fits) {
    const spelt = takes.map((type) => (type === 'text' ? 'a text' : `a ${type}`)).join(' and ');
    throw new ODataError(option, `${name}: expected ${spelt}, got ${of.map(describe).join(' and ')}`);
  }
  return { is: 'call', type: makes, call: name, of };
}

/** Exact arithmetic of numbers; throws an ODataError for anything else. */
export function arithmeticOf(option: string, call: Arithmetic, of: readonly Operand[]): Operand {
  const stranger = of.find((each) => !isNumeric(each));
  if (stranger !== undefined)
    throw new ODataError(option, `${call}: expected numbers, got ${describe(stranger)}`);
  // As OData has it: `div` of whole numbers is one, of others it is what `divby` is.
  const divides = call === 'div' && !of.every(isWhole);
  return { is: 'call', type: 'decimal', call: divides ? 'divby' : call, of };
}

function isWhole(operand: Operand): boolean {
  if (operand.is === 'literal' && operand.literal.type === 'number')
    return !operand.literal.value.includes('.');
  if (operand.type === 'int') return true;
  return (
    operand.is === 'call' &&
    operand.type === 'decimal' &&
    operand.call !== 'divby' &&
    operand.of.every(isWhole)
  );
}

export function isNull(operand: Operand): boolean {
  return operand.is === 'literal' && operand.value === null;
}

export function isNumeric(operand: Operand): boolean {
  return operand.type === 'int' || operand.type === 'decimal' || isNull(operand);
}

function isOfType(operand: Operand, type: ValueType): boolean {
  return operand.type === type || isNull(operand);
}

/** An operand as messages name it. */
export function describe(operand: Operand): string {
  if (operand.is === 'property') return `${operand.property.name} (${operand.type})`;
  if (operand.is === 'call') return `${operand.call}(…)`;
  return operand.value === null ? 'null' : show(String(operand.value));
}

/** Every property an operand looks at. */
export function propertiesOf(operand: Operand): readonly Property[] {
  if (operand.is === 'property') return [operand.property];
  return operand.is === 'call' ? operand.of.flatMap(propertiesOf) : [];
}
