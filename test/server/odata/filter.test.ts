import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeBounds } from '../../../src/server/odata/bounds.ts';
import type { NamedRow } from '../../../src/server/odata/evaluate.ts';
import type { Expression } from '../../../src/server/odata/expression.ts';
import { readFilter } from '../../../src/server/odata/filter.ts';
import { matches } from '../../../src/server/odata/matches.ts';
import { rowSets } from '../../../src/server/odata/model.ts';

const [bets, , failures] = rowSets({ raw: false });
const read = (text: string) => readFilter(text, bets!.type);

/** An expression with its properties' names alone. */
function plain(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (name, value: unknown) =>
      name === 'property' ? (value as { name: string }).name : value,
    ),
  );
}

describe('$filter', () => {
  it('binds and tighter than or, and not tightest', () => {
    expect(plain(read("currency eq 'THB' or not (stake gt 1) and odds lt 2"))).toEqual({
      op: 'or',
      of: [
        { op: 'eq', property: 'currency', value: 'THB' },
        {
          op: 'and',
          of: [
            { op: 'not', of: { op: 'gt', property: 'stake', value: '1' } },
            { op: 'lt', property: 'odds', value: '2' },
          ],
        },
      ],
    });
  });

  it.each([
    ["gameCode eq 'O''Neil, (and) Sons'", { op: 'eq', property: 'gameCode', value: "O'Neil, (and) Sons" }],
    ['stake ge 12345678901234567890.5', { op: 'ge', property: 'stake', value: '12345678901234567890.5' }],
    ['stake lt -1.5e-3', { op: 'lt', property: 'stake', value: '-0.0015' }],
    [
      "account eq 'a' or (account eq 'b' or account in ('c', null))",
      { op: 'in', property: 'account', values: ['a', 'b', 'c', null] },
    ],
    [
      "account ne 'a' and account ne null",
      { op: 'not', of: { op: 'in', property: 'account', values: ['a', null] } },
    ],
    ["account in ('a', 'b',null)", { op: 'in', property: 'account', values: ['a', 'b', null] }],
    ["startswith(gameCode,'ba')", { op: 'startswith', property: 'gameCode', value: 'ba' }],
    ["startswith(gameCode,'ba') eq true", { op: 'startswith', property: 'gameCode', value: 'ba' }],
    ['gameType eq null', { op: 'eq', property: 'gameType', value: null }],
    ['gameType gt null', { op: 'constant', value: false }],
    ['10 lt stake', { op: 'gt', property: 'stake', value: '10' }],
    ['settledAt ge 2026-11-01', { op: 'ge', property: 'settledAt', value: Date.UTC(2026, 10, 1) }],
    [
      'settledAt ge 2026-11-01T07:00:00+07:00',
      { op: 'ge', property: 'settledAt', value: Date.UTC(2026, 10, 1) },
    ],
    [
      'settledAt ge 2026-11-01T07:00:00 07:00',
      { op: 'ge', property: 'settledAt', value: Date.UTC(2026, 10, 1) },
    ],
    [
      'settledAt lt 2026-11-01T00:00:00.0000000Z',
      { op: 'lt', property: 'settledAt', value: Date.UTC(2026, 10, 1) },
    ],
    [
      'settledAt lt 2026-11-01T00:00:00.0005Z',
      { op: 'le', property: 'settledAt', value: Date.UTC(2026, 10, 1) },
    ],
    ['settledAt eq 2026-11-01T00:00:00.0005Z', { op: 'constant', value: false }],
  ])('reads %s', (text, expected) => {
    expect(plain(read(text))).toEqual(expected);
  });

  it('takes a flag for itself', () => {
    expect(plain(readFilter('not succeeded and statusCode ne 200', failures!.type))).toEqual({
      op: 'and',
      of: [
        { op: 'not', of: { op: 'eq', property: 'succeeded', value: true } },
        { op: 'ne', property: 'statusCode', value: 200 },
      ],
    });
  });

  it.each([
    ['', 'expected a property at character 1, got the end'],
    ['stakes gt 1', 'no property "stakes"; allowed: id, providerBetId'],
    ['stake', 'expected an operator after stake'],
    ['stake has 1', 'no operator "has" here; allowed: eq, ne, gt, ge, lt, le, in'],
    ['stake gt', 'expected a property at character 9, got the end'],
    ["stake gt 'much'", 'stake: expected a number such as 12.50, got "much"'],
    ['currency eq 5', "currency: expected a text such as 'abc', got 5"],
    ['settledAt ge 20261101', 'settledAt: expected a time such as'],
    ['settledAt ge 2026-02-30', 'cannot read "2026-02-30" at character 14'],
    ['settledAt ge 2026-11-01T00:00:00', 'cannot read'],
    ['stake gt 1 stake lt 2', 'expected and, or, or the end at character 12'],
    ['(stake gt 1', 'expected ")" at character 12, got the end'],
    ["matchesPattern(gameCode,'b')", 'no function "matchesPattern" here; allowed: contains, startswith'],
    ['startswith(stake,1)', 'startswith: expected a text and a text, got stake (decimal) and "1"'],
    ['contains(gameCode)', 'contains: expected a text and a text, got gameCode (text)'],
    ["stake mod 'a' eq 0", 'mod: expected numbers, got "a"'],
    [`stake${' divby 3'.repeat(26)} gt 1`, 'more than 100 operations'],
    ['stake add gameCode gt 1', 'add: expected numbers, got gameCode (text)'],
    ['stake gt gameCode', 'stake (decimal): expected a number such as 12.50, got gameCode (text)'],
    ['length(gameCode)', 'expected an operator after a value'],
    ["gameCode eq 'open", 'cannot read'],
    ['stake gt 1.0000000000000000001', 'more than 20 integer digits or 18 decimals'],
    [`${'('.repeat(101)}stake gt 1${')'.repeat(101)}`, 'nested deeper than 100'],
  ])('refuses %s in words that help', (text, words) => {
    expect(() => read(text)).toThrow(words);
  });

  it.each([
    ['stake div 4 eq 0.25', true],
    ['length(gameCode) div 2 eq 1', true],
    ['length(gameCode) divby 2 eq 1.5', true],
    ['-7 div 2 eq -3 and -7 mod 2 eq -1', true],
    ['7 div 2.0 eq 3.5', true],
    ['stake divby 3 eq 0.333333333333333333', true],
    ['2 div stake mul 3 sub 1 eq 5', true],
    ['stake div 0 eq null and stake mod 0 eq null', true],
    ['stake div 0 gt 0 or stake div 0 le 0', false],
  ])('divides exactly: %s is %s', (text, holds) => {
    expect(matches(read(text), { stake: '1.00', gameCode: 'abc' })).toBe(holds);
  });

  it('never throws anything but a refusal, whatever is sent', () => {
    const piece = fc.constantFrom(
      "'",
      '(',
      ')',
      ',',
      ' ',
      'eq',
      'and',
      'not',
      'in',
      'stake',
      'null',
      '1',
      '2026-11-01',
      'startswith',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join(' ')),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect((error as Error).message).toMatch(/^\$filter: /);
          }
        },
      ),
    );
  });
});

describe('a null', () => {
  const row: NamedRow = { gameType: null, odds: null, stake: '1.50' };
  it.each([
    ['gameType eq null', true],
    ['gameType ne null', false],
    ["gameType ne 'x'", true],
    ["not (gameType eq 'x')", true],
    ["gameType in ('x')", false],
    ["gameType in ('x',null)", true],
    ['odds gt 1', false],
    ['not (odds gt 1)', true],
    // A function of a null is null, and so is its opposite: neither selects.
    ["not startswith(gameType,'x')", false],
    ["not contains(gameType,'x')", false],
    ["startswith(gameType,'x') or stake gt 1", true],
    ["contains(gameType,'x') eq null", true],
    ['stake gt odds', false],
    ['odds add 1 eq null', true],
    ['stake eq 1.5', true],
  ])('%s is %s', (text, expected) => {
    expect(matches(read(text), row)).toBe(expected);
  });
});

describe('bounds on time', () => {
  const bounds = (text: string) => takeBounds(read(text), 'settledAt');
  const nov = (day: number) => Date.UTC(2026, 10, day);

  it('become a half-open range, and leave the rest of the filter', () => {
    const { range, rest } = bounds(
      "settledAt ge 2026-11-01 and (currency eq 'THB' and settledAt lt 2026-11-02)",
    );
    expect(range).toEqual({ from: nov(1), to: nov(2) });
    expect(plain(rest!)).toEqual({ op: 'eq', property: 'currency', value: 'THB' });
  });

  it('are cut to what all of them allow', () => {
    const { range } = bounds(
      'settledAt gt 2026-11-01 and settledAt le 2026-11-03 and settledAt lt 2026-11-02',
    );
    expect(range).toEqual({ from: nov(1) + 1, to: nov(2) });
    expect(bounds('settledAt eq 2026-11-01').range).toEqual({ from: nov(1), to: nov(1) + 1 });
  });

  it('are left alone under or and not', () => {
    expect(bounds('settledAt ge 2026-11-01 or stake gt 1').range).toBeNull();
    expect(bounds('not (settledAt ge 2026-11-01)').range).toBeNull();
  });
});
