import { describe, expect, test } from 'vitest';
import { bothEnds, doubtOf, searchedSpan, touches, wholeOf } from '../../src/records/verdict.ts';

const span = { from: 100, to: 200 };

describe('what was searched', () => {
  test('has both of its ends', () => {
    expect(bothEnds(span)).toEqual({ from: 100, to: 201 });
    expect(touches(span, { from: 200, to: 300 })).toBe(true);
    expect(touches(span, { from: 201, to: 300 })).toBe(false);
    expect(touches(span, { from: 0, to: 101 })).toBe(true);
    expect(touches(span, { from: 0, to: 100 })).toBe(false);
  });

  test('is whole once reads leave none of it out, the last instant included', () => {
    const [first, last] = [
      { from: 0, to: 200 },
      { from: 200, to: 201 },
    ];
    expect(wholeOf(span, [first])).toBeNull();
    expect(wholeOf(span, [first, last])).toEqual([first, last]);
    expect(wholeOf(span, [first, last, { from: 201, to: 300 }])).toEqual([first, last]);
  });

  test('reaches from five minutes before to ten after, by the clocks that were measured', () => {
    const [sentAt, minute] = [1_000_000_000, 60_000];
    expect(searchedSpan(sentAt, { leastMs: -2, mostMs: 3 })).toEqual({
      from: sentAt - 2 - 5 * minute,
      to: sentAt + 3 + 10 * minute,
    });
    expect(searchedSpan(sentAt, null)).toEqual({ from: sentAt - 65 * minute, to: sentAt + 70 * minute });
  });
});

describe('a row set aside', () => {
  const row = (raw: string) => ({ raw, isWaiting: true, isWithin: true, reason: 'amount: not a number' });

  test('that holds the code keeps absence from being proven, however it spells the code and wherever', () => {
    const holds = /^a row that could not be read holds the code/;
    for (const raw of [
      '{"transactionCode":"A\\u0042C"}',
      '{"x":[{"y":"-ABC-"}]}',
      'ABC, and no JSON',
      '{"x":{"y":["\\u0041BC"]}}',
    ])
      expect(doubtOf('ABC', row(raw))).toMatch(holds);
    expect(doubtOf('1.50', row('{"transactionCode":1.50}'))).toMatch(holds);
    expect(doubtOf('ABC', { ...row('ABC'), isWaiting: false, isWithin: false })).toMatch(holds);
  });

  test('that has another code of its own does not; one without may be it, until an admin accepted it', () => {
    expect(doubtOf('ABC', row('{"transactionCode":"XYZ"}'))).toBeNull();
    expect(doubtOf('ABC', row('{"transactionCode":" "}'))).toMatch(/may be it/);
    expect(doubtOf('ABC', row('[1'))).toMatch(/may be it/);
    expect(doubtOf('ABC', { ...row('{}'), isWaiting: false })).toBeNull();
    expect(doubtOf('ABC', { ...row('{}'), isWithin: false })).toBeNull();
  });
});
