import { getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createRangeFinder } from '../../../src/graph/limits/ranges-asked.ts';
import { DAY, iso, NOON, schema } from '../harness.ts';

const find = createRangeFinder(schema);
const range = { from: iso(NOON - DAY), to: iso(NOON) };
const spelled = `range: { from: "${range.from}", to: "${range.to}" }`;
const found = { range: { from: NOON - DAY, to: NOON }, axis: 'SETTLED', accounts: null, providers: null };

function rangesIn(source: string, variables: Readonly<Record<string, unknown>> = {}) {
  const document = parse(source);
  const [operation] = document.definitions;
  if (operation?.kind !== 'OperationDefinition') throw new TypeError('expected an operation first');
  return find(document, operation, variables);
}

describe('the ranges an operation may have fetched', () => {
  test('are those of lists and totals, each once', () => {
    expect(
      rangesIn(`{ a: bets(filter: { ${spelled} }) { totalCount } b: bets(filter: { ${spelled} }, first: 3) { totalCount }
        betTotals(filter: { ${spelled}, axis: PLACED, accounts: "vp-main" }, groupBy: []) { rows { betCount } }
        transfers(filter: { ${spelled}, providers: [HOTROAD] }) { totalCount } coverage(${spelled}) { rows } }`),
    ).toEqual([
      { kind: 'BET', ...found },
      { kind: 'BET', ...found, axis: 'PLACED', accounts: ['vp-main'] },
      { kind: 'TRANSFER', ...found, providers: ['HOTROAD'] },
    ]);
  });

  test('are one for all entities, in variables, fragments and defaults alike', () => {
    const source = `query ($x: [_Any!]!, $r: TimeRange!, $f: SeqNoFailureFilter = { ${spelled} }) {
      _entities(representations: $x) { ...P } seqNoFailures(filter: $f) { totalCount } }
      fragment P on Player { bets(range: $r) { totalCount } totals(range: $r, groupBy: []) { rows { betCount } } }`;
    expect(rangesIn(source, { x: [], r: range })).toEqual([
      { kind: 'SEQ_NO_FAILURE', ...found },
      { kind: 'BET', ...found },
    ]);
  });

  test('follow the variables of each request of a kept document', () => {
    const document = parse('query ($r: TimeRange!) { bets(filter: { range: $r }) { totalCount } }');
    const operation = getOperationAST(document)!;
    const other = { from: iso(NOON - 2 * DAY), to: iso(NOON) };
    expect(find(document, operation, { r: range })).toEqual([{ kind: 'BET', ...found }]);
    expect(find(document, operation, { r: other })).toEqual([
      { kind: 'BET', ...found, range: { from: NOON - 2 * DAY, to: NOON } },
    ]);
  });

  test('are none where nothing is waited for, of another operation, or where the resolver will refuse them', () => {
    expect(rangesIn(`{ bets(filter: { ${spelled} }, maxWait: "0s") { totalCount } }`)).toEqual([]);
    expect(
      rangesIn(`query A { accounts { id } } query B { bets(filter: { ${spelled} }) { totalCount } }`),
    ).toEqual([]);
    const wrong = { from: range.to, to: range.from };
    expect(
      rangesIn('query ($r: TimeRange!) { bets(filter: { range: $r }) { totalCount } }', { r: wrong }),
    ).toEqual([]);
  });
});
