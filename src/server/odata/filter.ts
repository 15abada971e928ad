import { show } from '../../graph/rows/ids.ts';
import { type Arithmetic, arithmetic, comparisons, type FunctionName } from '../../records/expression.ts';
import { type Aggregation, aggregations } from '../../records/query.ts';
import { amongLiterals, compareOperands, type Expression, join } from './expression.ts';
import { type EntityType, findNavigation, findProperty, type Property } from './model.ts';
import { noSuchProperty, ODataError } from './odata-error.ts';
import {
  arithmeticOf,
  callOf,
  describe,
  functionNames,
  isNumeric,
  type Operand,
  ofLiteral,
  ofProperty,
} from './operand.ts';
import { type Literal, readTokens, type Token } from './tokens.ts';

const operators = [...comparisons, 'in'] as const;
const transformationNames = ['filter', 'groupby', 'aggregate', 'identity'];

// Parentheses and `not` within each other: deeper than any tool writes, shallower than the stack.
const MAX_DEPTH = 100;
// Each may lie within the one before: what an engine and the stack take, several times more than any tool writes.
const MAX_OPERATIONS = 100;
// An engine nests several expressions for each of these.
const costly: readonly string[] = ['div', 'divby', 'mod'];
const COSTLY = 4;
// As many as the longest address holds: an alias may be repeated, and each time all of its text counts.
const MAX_TOKENS = 20_000;

/** Parameter aliases, such as `@c`, and the text that each stands for. */
export type Aliases = ReadonlyMap<string, string>;

const none: Aliases = new Map();

/**
 * Reads a `$filter` on an entity's properties: `eq ne gt ge lt le in`, `and or not`, `add sub mul div divby mod`, parentheses,
 * functions, aliases. Throws an ODataError naming what is wrong and where; what OData has and this service has not is a
 * 501.
 */
export function readFilter(text: string, type: EntityType, aliases: Aliases = none): Expression {
  return createParser(readTokens(text), type, aliases).parse();
}

export interface OrderTerm {
  readonly operand: Operand;
  readonly descending: boolean;
}

/** Reads an `$orderby`: expressions, each with `asc` or `desc`. */
export function readOrderBy(text: string, type: EntityType, aliases: Aliases = none): readonly OrderTerm[] {
  return createParser(readTokens(text), type, aliases, '$orderby').terms();
}

/** How `$apply` puts values together, besides counting rows. */
export interface AskedAggregate {
  readonly name: string;
  /** Null counts rows. */
  readonly of: { readonly method: Aggregation; readonly operand: Operand } | null;
}

export type Transformation =
  | { readonly step: 'filter'; readonly filter: Expression }
  | {
      readonly step: 'group';
      readonly by: readonly Property[];
      readonly aggregates: readonly AskedAggregate[];
    };

/** Reads an `$apply`, transformation by transformation; `after` says what entities are after a grouping. */
export function readApply(
  text: string,
  type: EntityType,
  aliases: Aliases,
  after: (grouping: Extract<Transformation, { step: 'group' }>) => EntityType,
): readonly Transformation[] {
  return createParser(readTokens(text), type, aliases, '$apply').transformations(after);
}

/** A condition or a value: which of them parentheses hold is known when they are read. */
type Node = { readonly condition: Expression } | { readonly operand: Operand };

function createParser(given: readonly Token[], entities: EntityType, aliases: Aliases, option = '$filter') {
  const tokens = expandAll(given, aliases, option);
  let type = entities;
  let next = 0;
  let depth = 0;
  let operations = 0;
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

  function deeper<T>(read: () => T): T {
    depth += 1;
    if (depth > MAX_DEPTH) throw new ODataError(option, `nested deeper than ${MAX_DEPTH}`);
    const made = read();
    depth -= 1;
    return made;
  }

  function counted(operand: Operand): Node {
    operations += operand.is === 'call' && costly.includes(operand.call) ? COSTLY : 1;
    if (operations > MAX_OPERATIONS) throw new ODataError(option, `more than ${MAX_OPERATIONS} operations`);
    return { operand };
  }

  function joined(op: 'and' | 'or', part: () => Node): Node {
    const first = part();
    if (takeWord([op]) === null) return first;
    const of = [conditionOf(first), conditionOf(part())];
    while (takeWord([op]) !== null) of.push(conditionOf(part()));
    return { condition: join(op, of) };
  }

  const either = (): Node => joined('or', () => joined('and', term));

  function term(): Node {
    return deeper(() => {
      if (takeWord(['not']) === null) return comparison();
      return { condition: { op: 'not', of: conditionOf(term()) } };
    });
  }

  function comparison(): Node {
    const left = sum();
    const op = takeWord(operators);
    if (op === null) {
      const token = peek();
      const isOperator = token.kind === 'word' && !['and', 'or'].includes(token.text);
      if ('operand' in left && isOperator) {
        throw new ODataError(option, `no operator ${show(token.text)} here`, {
          allowed: [...operators, ...arithmetic.filter((each) => each !== 'neg')],
        });
      }
      return left;
    }
    if (op === 'in') return { condition: amongLiterals(operandOf(left), list()) };
    const right = sum();
    if ('operand' in left && 'operand' in right && !isTrue(op, left.operand, right.operand))
      return { condition: compareOperands(left.operand, op, right.operand) };
    const inner = 'operand' in left ? { condition: conditionOf(left) } : left;
    return { condition: asked(inner, op, right) };
  }

  /** Some clients write `startswith(…) eq true`. */
  function isTrue(op: string, left: Operand, right: Operand): boolean {
    return (
      op === 'eq' &&
      left.is === 'call' &&
      left.type === 'bool' &&
      right.is === 'literal' &&
      right.value === true
    );
  }

  /** Some clients write `(stake gt 1) eq true`. */
  function asked(left: Node, op: string, right: Node): Expression {
    const [inner, other] = 'condition' in left ? [left, right] : [right as typeof left, left];
    const value = 'operand' in other && other.operand.is === 'literal' ? other.operand.value : null;
    if (!('condition' in inner) || typeof value !== 'boolean' || !['eq', 'ne'].includes(op))
      throw new ODataError(option, 'a condition can equal true or false alone');
    return value === (op === 'eq') ? inner.condition : { op: 'not', of: inner.condition };
  }

  function chain(words: readonly Arithmetic[], part: () => Node): Node {
    let left = part();
    for (let op = takeWord(words); op !== null; op = takeWord(words)) {
      left = counted(arithmeticOf(option, op, [operandOf(left), operandOf(part())]));
    }
    return left;
  }

  const sum = (): Node => chain(['add', 'sub'], () => chain(['mul', 'div', 'divby', 'mod'], primary));

  function primary(): Node {
    if (takeMark('-')) return counted(arithmeticOf(option, 'neg', [operandOf(deeper(primary))]));
    if (takeMark('(')) {
      const inner = deeper(either);
      need(')');
      return inner;
    }
    const token = take();
    if (token.kind === 'literal') return { operand: ofLiteral(token.literal) };
    if (token.kind !== 'word') throw unexpected(token, 'a property');
    if (takeMark('(')) return counted(call(token.text));
    return { operand: ofProperty(property(token.text)) };
  }

  function call(name: string): Operand {
    const known = functionNames.find((each): each is FunctionName => each === name);
    if (known === undefined)
      throw new ODataError(option, `no function ${show(name)} here`, {
        statusCode: 501,
        allowed: functionNames,
      });
    const of: Operand[] = [];
    if (!takeMark(')')) {
      do of.push(operandOf(deeper(sum)));
      while (takeMark(','));
      need(')');
    }
    return callOf(option, known, of);
  }

  /** Null where it changes nothing. */
  function transformation(): Transformation | null {
    const token = take();
    const name = token.kind === 'word' ? token.text : '';
    if (name === 'identity') return null;
    if (!transformationNames.includes(name)) {
      if (token.kind !== 'word') throw unexpected(token, 'a transformation');
      throw new ODataError(option, `no transformation ${show(name)} here`, {
        statusCode: 501,
        allowed: transformationNames,
      });
    }
    if (name === 'aggregate') return { step: 'group', by: [], aggregates: aggregates() };
    need('(');
    if (name === 'filter') {
      const filter = conditionOf(either());
      need(')');
      return { step: 'filter', filter };
    }
    need('(');
    const by = [grouped()];
    while (takeMark(',')) by.push(grouped());
    need(')');
    let made: readonly AskedAggregate[] = [];
    if (takeMark(',')) {
      if (takeWord(['aggregate']) === null)
        throw new ODataError(option, 'a groupby may be followed by aggregate alone', { statusCode: 501 });
      made = aggregates();
    }
    need(')');
    return { step: 'group', by: [...new Set(by)], aggregates: made };
  }

  function grouped(): Property {
    const token = take();
    if (token.kind !== 'word') throw unexpected(token, 'a property');
    if (token.text === 'rollup') throw new ODataError(option, 'no rollup here', { statusCode: 501 });
    return property(token.text);
  }

  function aggregates(): readonly AskedAggregate[] {
    need('(');
    const found = [aggregate()];
    while (takeMark(',')) found.push(aggregate());
    need(')');
    return found;
  }

  function aggregate(): AskedAggregate {
    if (takeWord(['$count']) !== null) return { name: alias(), of: null };
    const operand = operandOf(sum());
    const token = peek();
    if (takeWord(['with']) === null) throw unexpected(token, '"with"');
    const method = takeWord(aggregations);
    if (method === null) {
      const got = take();
      throw new ODataError(option, `no aggregation ${'text' in got ? show(got.text) : ''} here`, {
        statusCode: 501,
        allowed: [...aggregations, '$count'],
      });
    }
    if ((method === 'sum' || method === 'average') && !isNumeric(operand))
      throw new ODataError(option, `${method}: expected numbers, got ${describe(operand)}`);
    return { name: alias(), of: { method, operand } };
  }

  function alias(): string {
    if (takeWord(['as']) === null) throw unexpected(peek(), '"as" and a name');
    const token = take();
    if (token.kind === 'word' && /^[A-Za-z_]\w*$/.test(token.text)) return token.text;
    throw unexpected(token, 'a name');
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
    if (findNavigation(type, name.split('/', 1)[0]!) !== undefined) {
      throw new ODataError(option, `no ${show(name)} here: what it leads to can be expanded alone`, {
        statusCode: 501,
      });
    }
    throw noSuchProperty(
      option,
      name,
      type.properties.map((each) => each.name),
    );
  }

  function operandOf(node: Node): Operand {
    if ('operand' in node) return node.operand;
    throw new ODataError(option, 'expected a value, got a condition');
  }

  function conditionOf(node: Node): Expression {
    if ('condition' in node) return node.condition;
    const { operand } = node;
    if (operand.type !== 'bool') {
      const what = operand.is === 'property' ? operand.property.name : 'a value';
      throw unexpected(peek(), `an operator after ${what}`);
    }
    if (operand.is === 'property') return { op: 'eq', property: operand.property, value: true };
    if (operand.is === 'literal') return { op: 'constant', value: operand.value === true };
    const [of, start] = operand.of;
    if (operand.call === 'startswith' && of?.is === 'property' && start?.is === 'literal')
      if (typeof start.value === 'string')
        return { op: 'startswith', property: of.property, value: start.value };
    return { op: 'holds', of: operand };
  }

  function unexpected(token: Token, expected: string): ODataError {
    const got =
      token.kind === 'end'
        ? 'the end'
        : token.kind === 'literal'
          ? String(token.literal.type)
          : show(token.text);
    return new ODataError(option, `expected ${expected} at character ${token.at + 1}, got ${got}`);
  }

  return {
    parse(): Expression {
      const expression = conditionOf(either());
      if (peek().kind !== 'end') throw unexpected(peek(), 'and, or, or the end');
      return expression;
    },
    terms(): readonly OrderTerm[] {
      const terms: OrderTerm[] = [];
      do {
        const operand = operandOf(sum());
        const direction = takeWord(['asc', 'desc']);
        const token = peek();
        if (token.kind === 'word') throw unexpected(token, 'asc or desc');
        terms.push({ operand, descending: direction === 'desc' });
      } while (takeMark(','));
      if (peek().kind !== 'end') throw unexpected(peek(), '"," or the end');
      return terms;
    },
    transformations(
      after: (grouping: Extract<Transformation, { step: 'group' }>) => EntityType,
    ): readonly Transformation[] {
      const steps: Transformation[] = [];
      do {
        const step = transformation();
        if (step === null) continue;
        steps.push(step);
        if (step.step === 'group') type = after(step);
      } while (takeMark('/'));
      if (peek().kind !== 'end') throw unexpected(peek(), '"/" or the end');
      return steps;
    },
  };
}

/** The tokens with what each alias stands for in its place. */
function expandAll(given: readonly Token[], aliases: Aliases, option: string): readonly Token[] {
  const meanings = new Map<string, readonly Token[]>();
  const tokens: Token[] = [];
  for (const token of given) {
    if (token.kind !== 'alias') {
      tokens.push(token);
      continue;
    }
    const meaning = meanings.get(token.text) ?? meaningOf(token.text, aliases);
    meanings.set(token.text, meaning);
    if (tokens.length + meaning.length > MAX_TOKENS)
      throw new ODataError(option, `more than ${MAX_TOKENS} words once ${token.text} is filled in`);
    for (const part of meaning) tokens.push({ ...part, at: token.at });
  }
  return tokens;
}

/** What an alias stands for, in parentheses where it is more than one value; an alias without a value is null. */
function meaningOf(name: string, aliases: Aliases): readonly Token[] {
  const parts = readTokens(aliases.get(name) ?? 'null').slice(0, -1);
  if (parts.some(({ kind }) => kind === 'alias'))
    throw new ODataError(name, 'an alias may not stand for another');
  if (parts.length === 1 || isInParentheses(parts)) return parts;
  return [{ kind: 'mark', text: '(', at: 0 }, ...parts, { kind: 'mark', text: ')', at: 0 }];
}

/** Whether one pair of parentheses holds all of them: a list, or a value as it should be. */
function isInParentheses(tokens: readonly Token[]): boolean {
  let open = 0;
  return tokens.every((token, at) => {
    if (token.kind === 'mark' && token.text === '(') open += 1;
    if (token.kind === 'mark' && token.text === ')') open -= 1;
    return open > 0 || at === tokens.length - 1;
  });
}
