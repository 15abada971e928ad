import { describe, expect, it } from 'vitest';
import { toNamePattern } from '../../src/config/name-pattern.ts';
import { createPlayerOf, type NamePattern } from '../../src/records/player.ts';

function pattern(source: string): NamePattern {
  const read = toNamePattern(source);
  if (read === null) throw new TypeError(`expected a pattern, got ${source}`);
  return read;
}

describe('the operator’s names', () => {
  const rows = [{ account: 'hrg', username: 'hrgplann', player: 'Annie' }];
  const rules = [
    { account: 'hrg', match: pattern('^hrgpl(.+)$'), player: '$1' },
    { account: null, match: pattern('^(?<name>\\w+)@'), player: 'mail-$<name>' },
    { account: 'vp', match: pattern('^x(.*)$'), player: '$1' },
  ];

  it('come from the file, else a rule, else the provider', () => {
    const playerOf = createPlayerOf({ unmapped: 'same', rules, rows });
    expect(playerOf('hrg', 'hrgplann')).toBe('Annie');
    expect(playerOf('hrg', 'hrgplbob')).toBe('bob');
    expect(playerOf('vp', 'hrgplann')).toBe('hrgplann');
    expect(playerOf('hrg', 'carol')).toBe('carol');
  });

  it('carry the account where unmapped players are kept apart', () => {
    const playerOf = createPlayerOf({ unmapped: 'separate', rules, rows });
    expect(playerOf('vp', 'carol')).toBe('vp:carol');
    expect(playerOf('hrg', 'hrgplbob')).toBe('bob');
  });

  it('are the rule’s text alone, whatever the pattern leaves out', () => {
    const playerOf = createPlayerOf({ unmapped: 'same', rules, rows });
    expect(playerOf('any', 'dave@example.com')).toBe('mail-dave');
  });

  it('are never empty', () => {
    const playerOf = createPlayerOf({ unmapped: 'same', rules, rows });
    expect(playerOf('vp', 'x')).toBe('x');
  });

  it('are found in linear time, whatever the pattern and the name', () => {
    const rules = [{ account: null, match: pattern('^(a+)+$'), player: 'a' }];
    const playerOf = createPlayerOf({ unmapped: 'same', rules, rows: [] });
    // What backtracks would need longer than the world has been there.
    const name = `${'a'.repeat(5_000)}b`;
    expect(playerOf('any', name)).toBe(name);
  });

  it('have no patterns that cannot be matched so', () => {
    for (const source of ['(a)\\1', 'a(?=b)', '(?<!a)b', '(']) expect(toNamePattern(source)).toBeNull();
  });
});
