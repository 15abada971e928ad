import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Username } from '../../src/archive/archive.ts';
import { permissionsOf, toViewer } from '../../src/server/auth/permissions.ts';
import { createPlayers, pseudonymSecret } from '../../src/server/auth/pseudonyms.ts';
import { createSeal } from '../../src/server/auth/seal.ts';

const bi = toViewer({ name: 'bi', role: 'bi', accounts: null, player: null });
const support = toViewer({ name: 'support', role: 'support', accounts: null, player: null });
const playerOf = (account: string, username: string) =>
  account === 'hrg-main' ? username.replace('hrgpl', '') : username;

function players(seen: readonly string[] = ['ann', 'bob'], secret = 'a secret of this gateway') {
  const read: number[] = [];
  let now = 0;
  const usernames: Username[] = seen.map((username) => ({ account: 'vp-main', username, player: username }));
  const forViewer = createPlayers({
    playerOf,
    secret,
    clock: () => now,
    archive: {
      async usernames() {
        read.push(now);
        return [...usernames];
      },
    },
  });
  return {
    read,
    forViewer,
    add: (username: string) => usernames.push({ account: 'vp-main', username, player: username }),
    tick: (ms: number) => {
      now += ms;
    },
  };
}

describe('pseudonyms', () => {
  test('are names to whoever may read names', async () => {
    const named = players().forViewer(support);
    expect(named.shown('hrg-main', 'hrgplann')).toBe('ann');
    expect(named.shownUsername('hrg-main', 'hrgplann')).toBe('hrgplann');
    expect(await named.operatorNames(['ann', 'zoe'])).toEqual(['ann', 'zoe']);
    expect(named.unsealed(named.sealed('1|bet|2|ann'))).toBe('1|bet|2|ann');
  });

  test('stand for one player in every account, and for each username of an account', () => {
    const hidden = players().forViewer(bi);
    expect(hidden.shown('hrg-main', 'hrgplann')).toBe(hidden.shown('vp-main', 'ann'));
    expect(hidden.shown('vp-main', 'ann')).toBe(hidden.shownPlayer('ann'));
    expect(hidden.shownUsername('vp-main', 'ann')).not.toBe(hidden.shownUsername('hrg-main', 'ann'));
    expect(hidden.shownPlayer('ann')).toMatch(/^p_[\w-]{22}$/);
  });

  test('are stable across restarts, and others under another key', () => {
    const of = (secret: string) => players([], secret).forViewer(bi).shownPlayer('ann');
    expect(of('a')).toBe(of('a'));
    expect(of('a')).not.toBe(of('b'));
  });

  test('lead back to the operator’s name', async () => {
    const hidden = players().forViewer(bi);
    const shown = [hidden.shownPlayer('bob'), hidden.shownPlayer('ann')];
    expect(await hidden.operatorNames(shown)).toEqual(['bob', 'ann']);
  });

  test('let nobody ask for a player by name, nor learn a name’s pseudonym', async () => {
    const hidden = players().forViewer(bi);
    const [asked = ''] = await hidden.operatorNames(['ann']);
    expect(asked).not.toBe('ann');
    expect(hidden.shownPlayer(asked)).toBe('ann');
    expect(hidden.shownPlayer(asked)).not.toBe(hidden.shownPlayer('ann'));
  });

  test('find a player who came after the last reading, without a reading for each unknown name', async () => {
    const { forViewer, add, tick, read } = players(['ann']);
    const hidden = forViewer(bi);
    const late = hidden.shownPlayer('late');
    await hidden.operatorNames([late]);
    add('late');
    await Promise.all([hidden.operatorNames([late]), hidden.operatorNames(['nobody'])]);
    expect(read).toEqual([0]);
    tick(5_000);
    const names = await Promise.all([hidden.operatorNames([late]), hidden.operatorNames(['nobody'])]);
    expect(names[0]).toEqual(['late']);
    expect(read).toEqual([0, 5_000]);
  });

  test('hide a username within a key, and open only what was sealed here', () => {
    const hidden = players().forViewer(bi);
    const seqNo = '94906311|bet|1686811358331|wayigame';
    const sealed = hidden.sealed(seqNo);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('wayi');
    expect(hidden.sealed(seqNo)).toBe(sealed);
    expect(hidden.unsealed(sealed)).toBe(seqNo);
    for (const forged of [seqNo, '', `${sealed}A`, players([], 'other').forViewer(bi).sealed(seqNo)]) {
      const opened = hidden.unsealed(forged);
      expect(opened).not.toBe(seqNo);
      expect(hidden.sealed(opened)).toBe(forged);
    }
  });

  test('are keyed by the setting, else by the accounts’ credentials in any order', () => {
    expect(pseudonymSecret('configured', ['a'])).toBe('configured');
    expect(pseudonymSecret(undefined, ['a', 'b'])).toBe(pseudonymSecret(undefined, ['b', 'a']));
    expect(pseudonymSecret(undefined, ['a'])).not.toBe(pseudonymSecret(undefined, ['b']));
  });
});

describe('seal', () => {
  const seal = createSeal(Buffer.alloc(32, 1), Buffer.alloc(32, 2));

  test('opens what it sealed, whatever it is, and nothing that was changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, place) => {
        const token = seal.seal(text);
        expect(seal.open(token)).toBe(text);
        const bytes = Buffer.from(token, 'base64url');
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        expect(seal.open(bytes.toString('base64url'))).toBeNull();
      }),
    );
  });
});

describe('permissions', () => {
  test('give names and records to support and admin alone, and a player its own name', () => {
    const having = (permission: (typeof permissionsOf)['admin'][number]) =>
      Object.entries(permissionsOf).flatMap(([role, granted]) =>
        granted.includes(permission) ? [role] : [],
      );
    expect(having('read:players')).toEqual(['support', 'admin', 'player']);
    expect(having('read:raw')).toEqual(['support', 'admin']);
    expect(having('administer')).toEqual(['admin']);
    expect(having('export')).toEqual(['bi', 'support', 'admin']);
  });

  test('know no player without a name, and no name without a player', () => {
    expect(() => toViewer({ name: 'x', role: 'player', accounts: null, player: null })).toThrow(TypeError);
    expect(() => toViewer({ name: 'x', role: 'admin', accounts: null, player: 'ann' })).toThrow(TypeError);
  });
});
