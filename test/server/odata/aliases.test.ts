import { describe, expect, it } from 'vitest';
import type { NamedRow } from '../../../src/server/odata/evaluate.ts';
import { readFilter } from '../../../src/server/odata/filter.ts';
import { matches } from '../../../src/server/odata/matches.ts';
import { rowSets } from '../../../src/server/odata/model.ts';

const [bets] = rowSets({ raw: false });
const row: NamedRow = { currency: 'BTC', gameType: null, stake: '2.5' };

describe('parameter aliases', () => {
  it.each([
    ['currency eq @c', { '@c': "'BTC'" }, true],
    ['currency in @c', { '@c': "('THB','BTC')" }, true],
    ['stake mul @n gt 7', { '@n': '3' }, true],
    ['stake gt @n', { '@n': '1 add 2' }, false],
    ['gameType eq @none', {}, true],
    ['stake mul @n gt 7', { '@n': '(1) add (2)' }, true],
    ['stake mul @n gt 7', { '@n': '((1) add (2))' }, true],
  ])('%s with %o', (text, aliases, expected) => {
    const filter = readFilter(text, bets!.type, new Map(Object.entries(aliases)));
    expect(matches(filter, row)).toBe(expected);
  });

  it('take time by the text they are in, however often they are repeated', () => {
    const aliases = new Map([['@a', `(${"'x',".repeat(2_000)}'x')`]]);
    const text = Array.from({ length: 100 }, () => 'currency in @a').join(' or ');
    expect(() => readFilter(text, bets!.type, aliases)).toThrow('more than 20000 words');
  });

  it('may not stand for each other', () => {
    const aliases = new Map([['@a', '@b']]);
    expect(() => readFilter('stake gt @a', bets!.type, aliases)).toThrow('may not stand for another');
  });
});
