import { show } from '../../graph/rows/ids.ts';
import { among, type Comparison, compare, comparisons, type Expression } from './expression.ts';
import { type EntityType, findProperty, type Property } from './model.ts';
import { noSuchProperty, ODataError } from './odata-error.ts';
import { type Literal, readTokens, type Token } from './tokens.ts';

export const filterFunctions = ['startswith'] as const;
const operators = [...comparisons, 'in'] as const;

// Parentheses and `not` within each other: deeper than any tool writes, shallower than the stack.
const MAX_DEPTH = 100;

const flipped: Readonly<Record<Comparison, Comparison>> = {
  eq: 'eq',
  ne: 'ne',
  gt: 'lt',
  ge: 'le',
  lt: 'gt',
  le: 'ge',
};

/**
 * Reads a `$filter` on an entity's properties: `eq ne gt ge lt le in`, `and or not`, parentheses, `startswith`.
 * Throws an ODataError naming what is wrong and where; what OData has and this service has not is a 501.
 */
export function readFilter(text: string, type: EntityType): Expression {
  return createParser(readTokens(text), type).parse();
}

function createParser(tokens: readonly Token[], type: EntityType) {
  let next = 0;
  let depth = 0;
  const peek = (): Token => tokens[next]!;

  function take(): Token {
    const token = peek();
    if (token.kind !== 'end') next += 1;
    return token;
  }

  function takeWord<T extends string>(words: readonly T[]): T | null {
    const token = peek();
    const word = token.kind === 'word' ? words.find((each) => each === token.text) : undefined;
    if (word === undefined) return null;
    next += 1;
    return word;
  }

  function takeMark(mark: string): boolean {
    const token = peek();
    if (token.kind !== 'mark' || token.text !== mark) return false;
    next += 1;
    return true;
  }

  function need(mark: string): void {
    if (!takeMark(mark)) throw unexpected(peek(), `"${mark}"`);
  }

  function joined(op: 'and' | 'or', part: () => Expression): Expression {
    const of = [part()];
    while (takeWord([op]) !== null) of.push(part());
    return of.length === 1 ? of[0]! : { op, of };
  }

  const either = (): Expression => joined('or', () => joined('and', term));

  function term(): Expression {
    depth += 1;
    if (depth > MAX_DEPTH) throw new ODataError('$filter', `nested deeper than ${MAX_DEPTH}`);
    const expression = takeWord(['not']) !== null ? negation() : primary();
    depth -= 1;
    return expression;
  }

  function negation(): Expression {
    return { op: 'not', of: term() };
  }

  function primary(): Expression {
    if (takeMark('(')) {
      const inner = either();
      need(')');
      return asked(inner);
    }
    const token = take();
    if (token.kind === 'literal') return literalFirst(token.literal);
    if (token.kind !== 'word') throw unexpected(token, 'a property');
    if (takeMark('(')) return asked(call(token.text));
    return propertyFirst(property(token.text));
  }

  /** Some clients write `startswith(…) eq true`. */
  function asked(inner: Expression): Expression {
    const op = takeWord(['eq', 'ne']);
    if (op === null) return inner;
    const value = literal();
    if (value.type !== 'bool') throw new ODataError('$filter', 'a condition can equal true or false alone');
    return value.value === (op === 'eq') ? inner : { op: 'not', of: inner };
  }

  function call(name: string): Expression {
    if (name !== 'startswith')
      throw new ODataError('$filter', `no function ${show(name)} here`, {
        statusCode: 501,
        allowed: filterFunctions,
      });
    const token = take();
    if (token.kind !== 'word') throw unexpected(token, 'a property');
    const of = property(token.text);
    need(',');
    const start = literal();
    need(')');
    if (of.type !== 'text' || start.type !== 'text')
      throw new ODataError('$filter', 'startswith: expected a property of type text and a text');
    return { op: 'startswith', property: of, value: start.value };
  }

  function propertyFirst(of: Property): Expression {
    const op = takeWord(operators);
    if (op === 'in') return among(of, list());
    if (op !== null) return compare(of, op, literal());
    const token = peek();
    const ends = token.kind !== 'word' || ['and', 'or'].includes(token.text);
    if (of.type === 'bool' && ends) return { op: 'eq', property: of, value: true };
    if (token.kind === 'word')
      throw new ODataError('$filter', `no operator ${show(token.text)} here`, { allowed: operators });
    throw unexpected(token, `an operator after ${of.name}`);
  }

  function literalFirst(first: Literal): Expression {
    const op = takeWord(comparisons);
    if (op === null) {
      if (first.type === 'bool') return { op: 'constant', value: first.value };
      throw unexpected(peek(), `one of ${comparisons.join(', ')}`);
    }
    const token = take();
    if (token.kind !== 'word') throw unexpected(token, 'a property');
    return compare(property(token.text), flipped[op], first);
  }

  function list(): readonly Literal[] {
    need('(');
    const literals = [literal()];
    while (takeMark(',')) literals.push(literal());
    need(')');
    return literals;
  }

  function literal(): Literal {
    const token = take();
    if (token.kind === 'literal') return token.literal;
    throw unexpected(token, 'a literal');
  }

  function property(name: string): Property {
    const found = findProperty(type, name);
    if (found !== undefined) return found;
    throw noSuchProperty(
      '$filter',
      name,
      type.properties.map((each) => each.name),
    );
  }

  return {
    parse(): Expression {
      const expression = either();
      if (peek().kind !== 'end') throw unexpected(peek(), 'and, or, or the end');
      return expression;
    },
  };
}

function unexpected(token: Token, expected: string): ODataError {
  const got =
    token.kind === 'end'
      ? 'the end'
      : token.kind === 'literal'
        ? String(token.literal.type)
        : show(token.text);
  return new ODataError('$filter', `expected ${expected} at character ${token.at + 1}, got ${got}`);
}
