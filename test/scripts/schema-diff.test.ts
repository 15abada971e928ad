import { describe, expect, it } from 'vitest';
import { newest } from '../../scripts/releases.ts';
import { breakingChanges, judge } from '../../scripts/schema-diff.ts';

const before = `
  type Query { bets(first: Int): [Bet!]! }
  type Bet @key(fields: "id") { id: ID! stake: String round: String }
  directive @key(fields: federation__FieldSet!) repeatable on OBJECT
  scalar federation__FieldSet
`;

describe('breaking changes of the schema', () => {
  it('are none where fields, arguments and types are added', async () => {
    const after = before
      .replace('round: String', 'round: String table: Table')
      .concat('type Table { id: ID! }');
    expect(await breakingChanges(before, after.replace('first: Int', 'first: Int, last: Int'))).toEqual([]);
  });

  it('are named with their kind and place', async () => {
    const after = before.replace('round: String', '').replace('first: Int', 'first: Int, game: ID!');
    expect(await breakingChanges(before, after)).toEqual([
      { change: 'FIELD_REMOVED', path: 'Bet.round', message: expect.stringContaining('round') },
      { change: 'FIELD_ARGUMENT_ADDED', path: 'Query.bets.game', message: expect.stringContaining('game') },
    ]);
  });

  it('do not come of the machinery of federation', async () => {
    const [types = ''] = before.split('directive @key');
    expect(await breakingChanges(before, types)).toEqual([]);
  });

  it('pass where each was accepted with a reason, and an entry without its change is told', async () => {
    const found = await breakingChanges(before, before.replace('round: String', ''));
    const entry = { change: 'FIELD_REMOVED', path: 'Bet.round', reason: 'no provider ever filled it' };
    const spare = { change: 'FIELD_REMOVED', path: 'Bet.stake', reason: 'renamed, or so it was thought' };
    expect(judge(found, [])).toMatchObject({ accepted: [], refused: found, stale: [] });
    expect(judge(found, [entry, spare])).toEqual({
      accepted: [{ ...found[0], reason: entry.reason }],
      refused: [],
      stale: [spare],
    });
  });

  it('are counted from the highest release, number by number', () => {
    expect(newest(['0.9.0', '0.10.1', '0.10.0'])).toBe('0.10.1');
    expect(newest([])).toBeUndefined();
  });
});
