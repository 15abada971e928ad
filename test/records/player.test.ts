import { describe, expect, it } from 'vitest';
import { createPlayerOf } from '../../src/records/player.ts';

describe('the operator’s names', () => {
  const rows = [{ account: 'hrg', username: 'hrgplann', player: 'Annie' }];
  const rules = [
    { account: 'hrg', match: /^hrgpl(.+)$/u, player: '$1' },
    { account: null, match: /^(?<name>\w+)@/u, player: 'mail-$<name>' },
    { account: 'vp', match: /^x(.*)$/u, player: '$1' },
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
});
