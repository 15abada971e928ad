import 'reflect-metadata';
import { buildSchema, type GraphQLError, getOperationAST, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createCostCounter, pageSizes } from '../../../src/graph/limits/cost.ts';
import { checkVariables, type Limits, limitRule } from '../../../src/graph/limits/limits.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../../../src/graph/lists/page-args.ts';

const schema = buildSchema(/* GraphQL */ `
  type Query {
    a: A
    node(id: ID!): A
    list: [A!]!
    some(ids: [ID!]!): [A]!
    page(first: Int, last: Int): Connection!
    betTotals: A
  }
  type A { a: A name: String page(first: Int, last: Int): Connection! list: [A!]! }
  type Connection { edges: [Edge!]! nodes: [A!]! totalCount: Int! }
  type Edge { cursor: String! node: A! }
`);
const limits: Limits = { depth: 4, aliases: 3, directives: 2, listSize: 5, cost: 100 };

function broken(query: string, overrides: Partial<Limits> = {}): unknown[] {
  const errors: readonly GraphQLError[] = validate(schema, parse(query), [
    limitRule({ ...limits, ...overrides }),
  ]);
  return errors.map(({ extensions }) => [extensions['limit'], extensions['found']]);
}

function cost(query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected one operation');
  return createCostCounter(schema)(document, operation, variables);
}

describe('limits', () => {
  test('allow what is at a limit and refuse what is one beyond it', () => {
    expect(broken('{ a { a { a { name } } } }')).toEqual([]);
    expect(broken('{ a { a { a { a { name } } } } }')).toEqual([['depth', 5]]);
    expect(broken('{ x: a { y: a { z: name } } }')).toEqual([]);
    expect(broken('{ x: a { y: a { z: name w: name } } }')).toEqual([['aliases', 4]]);
    expect(broken('{ a @skip(if: true) { name @skip(if: true) } }')).toEqual([]);
    expect(broken('{ a @skip(if: true) @skip(if: true) @skip(if: true) { name } }')).toEqual([
      ['directives', 3],
    ]);
    expect(broken('{ some(ids: [1,2,3,4,5]) { name } }')).toEqual([]);
    expect(broken('{ some(ids: [1,2,3,4,5,6]) { name } }')).toEqual([['listSize', 6]]);
  });

  test('count a fragment wherever it is spread', () => {
    expect(broken('{ a { ...F a { ...F } } } fragment F on A { x: name y: name }')).toEqual([['aliases', 4]]);
    expect(broken('{ a { ...F } } fragment F on A { a { a { a { name } } } }')).toEqual([['depth', 5]]);
    expect(broken('{ a { ... { a { ... on A { name } } } } }')).toEqual([]);
  });

  test('judge the worst operation of a document', () => {
    expect(broken('query A { a { name } } query B { a { a { a { a { name } } } } }')).toEqual([['depth', 5]]);
  });

  test('leave introspection to the rule of graphql-js', () => {
    expect(broken('{ __schema { types { fields { type { ofType { ofType { name } } } } } } }')).toEqual([]);
  });

  test('take no time over fragments that double a hundred times, or spread themselves', () => {
    const doubling = Array.from(
      { length: 100 },
      (_, i) => `fragment F${i} on A { ...F${i + 1} ...F${i + 1} }`,
    );
    const query = `{ a { ...F0 } } ${doubling.join('\n')} fragment F100 on A { x: name }`;
    expect(broken(query)).toEqual([['aliases', Number.MAX_SAFE_INTEGER]]);
    expect(cost(query)).toBe(1);
    expect(broken('{ a { ...F } } fragment F on A { a { ...F } }')).toEqual([]);
  });

  test('look into variables however deep a list lies', () => {
    expect(() => checkVariables({ filter: { ids: [1, 2] } }, 2)).not.toThrow();
    expect(() => checkVariables({ filter: { ids: [[1], [1, 2, 3]] } }, 2)).toThrow('listSize 3');
    expect(() => checkVariables(null, 2)).not.toThrow();
    const nested = (depth: number) => JSON.parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(() => checkVariables(nested(99), 2)).not.toThrow();
    for (const depth of [101, 40_000]) {
      expect(() => checkVariables(nested(depth), 2)).toThrow('variables: expected at most 100 levels');
    }
  });
});

describe('cost', () => {
  test.each([
    ['{ a { name } }', 1],
    ['{ a { a { name } } }', 2],
    ['{ list { name } }', 10],
    ['{ list { list { name } } }', 110],
    ['{ some(ids: ["1", "2", "3"]) { name } }', 3],
    ['{ page(first: 2) { nodes { name } } }', 53],
    ['{ page(last: 2) { edges { cursor node { name } } } }', 55],
    ['{ page { nodes { name } } }', 101],
    ['{ page(first: 2) { totalCount } }', 71],
    ['{ page(first: 2) { nodes { page(first: 3) { nodes { name } } } } }', 161],
    ['{ betTotals { name } }', 101],
    ['{ __schema { types { name } } }', 50],
    ['{ x: a { name } y: a { name } }', 2],
  ])('of %s is %d', (query, expected) => {
    expect(cost(query)).toBe(expected);
  });

  test('is counted anew for a kept document whenever its variables ask for more or less', () => {
    const document = parse(
      'query ($n: Int = 4, $ids: [ID!]!) { page(first: $n) { nodes { name } } some(ids: $ids) { name } }',
    );
    const operation = getOperationAST(document)!;
    const count = createCostCounter(schema);
    const costOf = (variables: Readonly<Record<string, unknown>>) => count(document, operation, variables);
    expect(costOf({ n: 10, ids: ['a', 'b'] })).toBe(63);
    expect(costOf({ n: 10, ids: ['c', 'd'] })).toBe(63);
    expect(costOf({ n: 1_000, ids: ['c', 'd'] })).toBe(1_053);
    expect(costOf({ n: 1_000, ids: Array(500).fill('c') })).toBe(1_551);
    expect(costOf({ ids: ['c'] })).toBe(56);
    expect(costOf({ n: null, ids: ['c'] })).toBe(102);
  });

  test('follows variables, their defaults, and the size of a page into fragments', () => {
    const page =
      'query Q($n: Int = 4) { page(first: $n) { ...P } } fragment P on Connection { nodes { name } }';
    expect(cost(page)).toBe(55);
    expect(cost(page, { n: 7 })).toBe(58);
    expect(cost('query Q($ids: [ID!]!) { some(ids: $ids) { name } }', { ids: ['1', '2'] })).toBe(2);
  });

  test('takes a page beyond the largest for the largest: the list refuses it, naming the argument', () => {
    expect(cost('{ page(first: 1000000) { nodes { name } } }')).toBe(
      cost('{ page(first: 1000) { nodes { name } } }'),
    );
    expect(cost('{ page(first: -5) { nodes { name } } }')).toBe(51);
  });

  test('knows the sizes of pages the lists know', () => {
    expect(pageSizes).toEqual({ assumed: DEFAULT_PAGE_SIZE, largest: MAX_PAGE_SIZE });
  });
});
