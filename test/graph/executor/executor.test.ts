import {
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getIntrospectionQuery,
  parse,
  validate,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { createExecutor } from '../../../src/graph/executor/executor.ts';
import { encodeId } from '../../../src/graph/rows/ids.ts';
import {
  createBet,
  createCommit,
  createContext,
  createFailure,
  createTransfer,
  DAY,
  HOUR,
  iso,
  MINUTE,
  NOON,
  schema,
} from '../harness.ts';
import { createAwkwardSchema } from './awkward.ts';

type Variables = Readonly<Record<string, unknown>>;

/** The bytes that each of them answers. */
async function bothWays(
  over: GraphQLSchema,
  source: string,
  {
    variables,
    operationName,
    context = () => ({}),
  }: { variables?: Variables; operationName?: string; context?: () => unknown } = {},
) {
  const document = parse(source);
  const known = await execute({
    schema: over,
    document,
    contextValue: context(),
    variableValues: variables as Record<string, unknown>,
    operationName,
  });
  const run = createExecutor(over);
  const first = await run({ document, context: context(), variables, operationName });
  // The second time by what was kept of the first.
  const second = await run({ document, context: context(), variables, operationName });
  return { known: bytesOf(known), first: bytesOf(first), second: bytesOf(second) };
}

function bytesOf({ errors, data }: ExecutionResult): string {
  return JSON.stringify({ errors: errors?.map((error) => error.toJSON()), data });
}

const named = (operations: readonly Operation[]) =>
  operations.map(([name, source, variables, operationName]) => ({ name, source, variables, operationName }));

const kinds = [
  'plain',
  'null',
  'error',
  'throws',
  'rejects',
  'text',
  'deepNull',
  'wrongLeaves',
  'getters',
  'laterNull',
  'laterFails',
  'holes',
  'requiredHole',
  'sets',
];
const LEAF = '{ text must number size flags id }';
const NODE = `{ leaf ${LEAF} must ${LEAF} nodes { leaf ${LEAF} } required { called } all { must ${LEAF} } grid called again: called(n: 3) later ${LEAF} laterMust { must } }`;

type Operation = readonly [name: string, source: string, variables?: Variables, operationName?: string];

const awkward: readonly Operation[] = [
  ...kinds.flatMap((kind): [string, string][] => [
    [`a value of the kind ${kind}`, `{ node(kind: "${kind}") ${NODE} plain }`],
    [`a value of the kind ${kind} that must be there`, `{ plain must(kind: "${kind}") ${NODE} }`],
    [`several of the kind ${kind}`, `{ nodes(count: 3, kind: "${kind}") ${NODE} }`],
  ]),
  ['what fails at once and later', '{ a: fails b: fails(later: true) plain }'],
  ['what must not fail at once', '{ plain b: fails(later: true) failsMust }'],
  ['what must not fail later', '{ failsMust(later: true) plain a: fails }'],
  ['what must not fail at once, beside promises', '{ named { name } failsMust }'],
  ['a list that is none', '{ notAList }'],
  [
    'abstract types',
    '{ pets(which: ["cat", "dog", "later", "null", "error", "nameless"]) { __typename ... on Named { name friend { name ... on Dog { barks } } } ... on Cat { lives kittens { name lives kittens { name } } } } }',
  ],
  [
    'an interface',
    'query ($w: String) { named(which: $w) { kind: __typename name ... on Cat { lives } ...d } } fragment d on Dog { barks friend { __typename } }',
    { w: 'dog' },
  ],
  [
    'fragments of fragments, more than once',
    'query { ...a ...a ... on Query { ...b plain } } fragment a on Query { one: plain ...b } fragment b on Query { two: plain node { leaf { text } } node { leaf { must } } }',
  ],
  [
    'the same key with more below it',
    '{ node { leaf { text } leaf { number } nodes { called } } node { leaf { text id } } }',
  ],
  [
    'names that objects inherit elsewhere',
    '{ __proto__: plain constructor: plain toJSON: plain then: plain node { hasOwnProperty: leaf { __proto__: text valueOf: must } } }',
  ],
  [
    'skip and include by literals',
    '{ a: plain @skip(if: true) b: plain @include(if: false) c: plain @skip(if: false) @include(if: true) ... @include(if: false) { d: plain } ...f @skip(if: true) } fragment f on Query { e: plain }',
  ],
  ...[true, false].flatMap((yes): [string, string, Variables][] => [
    [
      `skip and include by variables: ${yes}`,
      'query ($yes: Boolean!, $or: Boolean = false) { a: plain @skip(if: $yes) node { leaf @include(if: $yes) { text @skip(if: $or) must } called } ...f @include(if: $or) } fragment f on Query { e: plain }',
      { yes },
    ],
    [
      `the same with both: ${yes}`,
      'query ($yes: Boolean!, $or: Boolean = false) { a: plain @skip(if: $yes) node { leaf @include(if: $yes) { text @skip(if: $or) must } called } }',
      { yes, or: true },
    ],
  ]),
  [
    'a directive’s variable that is null',
    'query ($yes: Boolean) { node { leaf @include(if: $yes) { text } } plain }',
    { yes: null },
  ],
  [
    'a directive’s variable that is not given',
    'query ($yes: Boolean) { node { leaf @include(if: $yes) { text } } plain }',
    {},
  ],
  ['the same at the root', 'query ($yes: Boolean) { plain @skip(if: $yes) }', {}],
  [
    'arguments of every kind',
    'query ($w: Where, $id: ID, $f: Boolean = false, $n: String, $l: Int!) { a: echo(where: $w, id: $id, flag: $f) b: echo(where: { name: $n, sizes: [SMALL, LARGE], limit: $l }) c: echo(where: { limit: 1, sizes: SMALL }, id: 5) d: echo }',
    { w: { limit: 2, sizes: ['LARGE'] }, id: 7, l: 3 },
  ],
  ['an argument that must not be null', 'query ($f: Boolean = true) { plain echo(flag: $f) }', { f: null }],
  [
    'variables that cannot be',
    'query ($w: Where!, $l: Int!) { echo(where: $w) node(kind: "plain") { called(n: $l) } }',
    { w: { sizes: ['HUGE'], other: 1 }, l: 'x' },
  ],
  ['variables that are missing', 'query ($w: Where!) { echo(where: $w) }'],
  ['one of several operations', 'query A { a: plain } query B { b: plain }', {}, 'B'],
  ['none of several operations', 'query A { a: plain } query B { b: plain }'],
  ['an operation that is not there', 'query A { a: plain }', {}, 'C'],
  ['introspection', getIntrospectionQuery()],
  [
    'introspection beside others',
    '{ __typename plain __type(name: "Cat") { name fields { name type { kind ofType { name } } } } node { __typename leaf { t: __typename } } }',
  ],
];

describe('executes to the byte as graphql-js does', () => {
  const over = createAwkwardSchema();

  it.each(named(awkward))('$name', async ({ source, variables, operationName }) => {
    const { known, first, second } = await bothWays(over, source, { variables, operationName });
    expect(first).toBe(known);
    expect(second).toBe(known);
  });

  it('keeps plans of one document apart by what its variables decide', async () => {
    const document = parse(
      'query Q($a: Boolean!, $b: Boolean!) { x: plain @skip(if: $a) y: plain @include(if: $b) }',
    );
    const run = createExecutor(over);
    for (const [a, b] of [
      [true, true],
      [false, true],
      [true, false],
      [false, false],
      [true, true],
    ] as const) {
      const result = await run({ document, context: {}, variables: { a, b } });
      expect(Object.keys(result.data ?? {})).toEqual([...(a ? [] : ['x']), ...(b ? ['y'] : [])]);
    }
  });

  it('runs mutations one after the other', async () => {
    const result = await createExecutor(createAwkwardSchema())({
      document: parse('mutation { a: first b: second c: first }'),
      context: {},
    });
    expect(JSON.stringify(result)).toBe('{"data":{"a":1,"b":2,"c":3}}');
  });
});

describe('the graph itself', () => {
  let archive: Archive;
  const at = NOON - HOUR;
  beforeAll(async () => {
    archive = await createDuckDbArchive({
      path: ':memory:',
      playerOf: (_account, username) => username,
      clock: () => NOON,
    });
    const bets = Array.from({ length: 30 }, (_, index) =>
      createBet(`b${index}`, at + index * MINUTE, {
        providerUsername: `p${index % 3}`,
        gameType: index % 2 === 0 ? null : 'SLOT',
      }),
    );
    await archive.commit(createCommit('vp-main', 'BET', bets));
    await archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', at)]));
    await archive.commit(createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('9|bet|1|ann', at)]));
  });
  afterAll(() => archive.close());

  const RANGE = `{ from: "${iso(NOON - DAY)}", to: "${iso(NOON)}" }`;
  const ROW =
    'id account { id provider currency } providerBetId player { id username } providerUsername gameCode gameType stake netWin status outcome placedAt settledAt credits { realStake } archivedAt withdrawnAt raw';
  const operations: readonly Operation[] = [
    [
      'a page',
      `{ bets(filter: { range: ${RANGE} }, first: 7) { nodes { ${ROW} } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount coverage { complete final gaps { from } } } }`,
    ],
    [
      'a page with fragments and aliases',
      `query ($many: Boolean!) { bets(filter: { range: ${RANGE} }, last: 3) { rows: nodes { ...row versions { stake archivedAt } } } } fragment row on Bet { key: providerBetId player @include(if: $many) { username } ... on Node { id } }`,
      { many: true },
    ],
    [
      'players with their own',
      `{ _entities(representations: [{ __typename: "Player", username: "p1" }, { __typename: "Player", username: "p2" }]) { ... on Player { username bets(range: ${RANGE}, first: 2) { nodes { providerBetId versions { stake } } } totals(range: ${RANGE}, groupBy: [CURRENCY]) { rows { stake betCount } } } } }`,
    ],
    [
      'entities, some of them wrong',
      'query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Bet { providerBetId } ... on Transfer { amount } ... on Account { id } } }',
      {
        of: [
          { __typename: 'Bet', id: encodeId('Bet', 'vp-main', 'b1') },
          { __typename: 'Bet', id: 'nonsense' },
          { __typename: 'Bet' },
          7,
          { __typename: 'Bet', id: encodeId('Bet', 'vp-main', 'none') },
          { __typename: 'Transfer', id: encodeId('Transfer', 'hrg-main', 't1') },
        ],
      },
    ],
    [
      'nodes, some of them wrong',
      `{ node(id: "${encodeId('Bet', 'vp-main', 'b2')}") { __typename id ... on Bet { stake } } nodes(ids: ["x", "${encodeId('Player', '', 'p1')}"]) { __typename id } }`,
    ],
    [
      'what cannot be asked for',
      `{ bets(filter: { range: ${RANGE} }, first: 2000) { nodes { id } } providers { name } }`,
    ],
    [
      'a scalar that cannot be read',
      'query ($r: TimeRange!) { bets(filter: { range: $r }) { totalCount } }',
      { r: { from: 'yesterday', to: '2026-11-01' } },
    ],
    [
      'totals',
      `{ betTotals(filter: { range: ${RANGE} }, groupBy: [GAME_TYPE, PLAYER]) { rows { gameType player stake betCount } coverage { complete } } }`,
    ],
    ['the schema', '{ _service { sdl } }'],
    ['introspection', getIntrospectionQuery({ inputValueDeprecation: true })],
    [
      'accounts',
      `{ accounts { id provider feeds { kind } } providers { name } transfers(filter: { range: ${RANGE} }) { nodes { id amount direction } } seqNoFailures(filter: { range: ${RANGE} }) { nodes { id seqNo event } } }`,
    ],
  ];

  it.each(named(operations))('$name', async ({ source, variables }) => {
    expect(validate(schema, parse(source)).map(String)).toEqual([]);
    const { known, first, second } = await bothWays(schema, source, {
      variables,
      context: () => createContext({ archive }),
    });
    expect(first).toBe(known);
    expect(second).toBe(known);
  });
});
