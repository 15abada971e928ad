import fc from 'fast-check';
import { functionNames } from '../../src/server/odata/operand.ts';
import { textsOf } from './laws.ts';

/** Properties of bets by what they hold. */
const properties = {
  text: ['account', 'gameCode', 'currency', 'player', 'providerUsername', 'id', 'provider', 'status', 'raw'],
  number: ['stake', 'netWin', 'odds', 'validStake'],
  time: ['settledAt', 'placedAt', 'archivedAt', 'withdrawnAt'],
} as const;

const quoted = fc.string().map((text) => `'${text.replaceAll("'", "''")}'`);
const number = fc.oneof(
  fc.integer().map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat())
    .map(([whole, part]) => `${whole}.${part}`),
  fc.constantFrom('0', '-0', '1e3', '-1.5e-3', '12345678901234567890.123456789012345678'),
);
const time = fc
  .oneof(
    fc.integer({ min: Date.parse('0000-01-01'), max: Date.parse('9999-12-31') }),
    fc.constantFrom(Date.parse('9999-12-31T23:59:59.999Z')),
  )
  .map((at) => new Date(at).toISOString());
const date = time.map((text) => text.slice(0, 10));

const operators = fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le');

const {
  condition,
  amount,
  words: text,
  instant,
} = fc.letrec<{
  condition: string;
  amount: string;
  words: string;
  instant: string;
}>((tie) => ({
  amount: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...properties.number),
    number,
    fc
      .tuple(tie('amount'), fc.constantFrom('add', 'sub', 'mul'), tie('amount'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('amount').map((of) => `-(${of})`),
    tie('words').map((of) => `length(${of})`),
    fc
      .tuple(fc.constantFrom('year', 'month', 'day', 'hour', 'minute', 'second'), tie('instant'))
      .map(([name, of]) => `${name}(${of})`),
    fc.tuple(tie('words'), tie('words')).map(([a, b]) => `indexof(${a},${b})`),
  ),
  words: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...properties.text),
    quoted,
    fc
      .tuple(fc.constantFrom('tolower', 'toupper', 'trim'), tie('words'))
      .map(([name, of]) => `${name}(${of})`),
    fc.tuple(tie('words'), tie('words')).map(([a, b]) => `concat(${a},${b})`),
  ),
  instant: fc.oneof(fc.constantFrom(...properties.time), time),
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(tie('amount'), operators, tie('amount')).map((parts) => parts.join(' ')),
    fc.tuple(tie('words'), operators, tie('words')).map((parts) => parts.join(' ')),
    fc.tuple(tie('instant'), operators, fc.oneof(time, date)).map((parts) => parts.join(' ')),
    fc.tuple(tie('instant'), operators, date).map(([of, op, day]) => `date(${of}) ${op} ${day}`),
    fc
      .tuple(fc.constantFrom(...properties.text), operators, fc.constant('null'))
      .map((parts) => parts.join(' ')),
    fc
      .tuple(fc.constantFrom('contains', 'startswith', 'endswith'), tie('words'), tie('words'))
      .map(([name, a, b]) => `${name}(${a},${b})`),
    fc
      .tuple(tie('words'), fc.array(fc.oneof(quoted, fc.constant('null')), { minLength: 1, maxLength: 4 }))
      .map(([of, list]) => `${of} in (${list.join()})`),
    tie('condition').map((of) => `not (${of})`),
    fc
      .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
  ),
}));

const expressionWords = [
  ...functionNames,
  ...[...properties.text, ...properties.number, ...properties.time],
  ...[
    'eq',
    'ne',
    'gt',
    'ge',
    'lt',
    'le',
    'in',
    'and',
    'or',
    'not',
    'add',
    'sub',
    'mul',
    'div',
    'null',
    'true',
    'false',
    'desc',
    'asc',
  ],
  ...[
    '(',
    ')',
    ',',
    '/',
    '-',
    "'",
    "''",
    '@a',
    '@',
    '$',
    '.',
    ':',
    '+',
    '1',
    '1.5',
    '1e400',
    '\0',
    '2026-11-01',
    '2026-11-01T00:00:00.0000001Z',
  ],
  ...['\ud800', '%', '&', '*', '=', '"', 'T', '$it', '$count'],
];

/** `$filter`s of bets, good ones and spoilt ones. */
export const goodFilters = condition;
export const filters = textsOf(condition, expressionWords);

const terms = fc
  .array(
    fc
      .tuple(fc.oneof(amount, text, instant), fc.constantFrom('', ' asc', ' desc'))
      .map((parts) => parts.join('')),
    { minLength: 1, maxLength: 3 },
  )
  .map((list) => list.join(', '));
export const goodOrders = terms;
export const orders = textsOf(terms, expressionWords);

const aggregate = fc.oneof(
  fc.constant('$count as n'),
  fc
    .tuple(
      amount,
      fc.constantFrom('sum', 'min', 'max', 'average', 'countdistinct'),
      fc.constantFrom('a', 'b', 'total'),
    )
    .map(([of, how, name]) => `${of} with ${how} as ${name}`),
);
const aggregates = fc
  .array(aggregate, { minLength: 1, maxLength: 3 })
  .map((list) => `aggregate(${list.join()})`);
const grouped = fc
  .tuple(
    fc.subarray([...properties.text, 'settledAt'], { minLength: 1, maxLength: 3 }),
    fc.option(aggregates),
  )
  .map(([by, of]) => `groupby((${by.join()})${of === null ? '' : `,${of}`})`);
const step = fc.oneof(
  grouped,
  aggregates,
  condition.map((of) => `filter(${of})`),
  fc.constant('identity'),
);
export const goodApplies = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
export const applies = textsOf(goodApplies, [
  ...expressionWords,
  'filter(',
  'groupby((',
  'aggregate(',
  'with',
  'as',
  'sum',
  'min',
  'countdistinct',
  '))',
  'identity',
]);

export const selections = textsOf(
  fc.subarray([...properties.text, ...properties.number]).map((list) => list.join()),
  [...properties.text, ',', '*', ' ', 'stake', '$', '/'],
);
