import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Where } from '../../../src/records/query.ts';
import { type Condition, type Expression, isCondition } from '../../../src/server/odata/expression.ts';
import { matches } from '../../../src/server/odata/matches.ts';
import { rowSets } from '../../../src/server/odata/model.ts';
import { namesThemselves, onlyProperty, whereNamed } from '../../../src/server/odata/names.ts';

const player = rowSets({ raw: false })[0]!.type.properties.find(({ name }) => name === 'player')!;
const names = ['ann', 'bob', 'cid', 'dan', 'eve'];
const usernames = names.flatMap((name) =>
  ['vp-main', 'one-main'].map((account) => ({ account, username: `${account}-${name}`, player: name })),
);
const shown = ({ username }: { readonly username: string }) => username.replace(/^.*-/, '');

const name = fc.constantFrom(...names, 'zoe');
const condition = fc
  .oneof(
    fc.record({ op: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'), value: name }),
    fc.record({ op: fc.constant('startswith'), value: fc.constantFrom('a', 'b', '') }),
    fc.record({ op: fc.constant('in'), values: fc.array(name, { maxLength: 3 }) }),
  )
  .map((parts) => ({ ...parts, property: player }) as Condition);
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    condition,
    fc.record({
      op: fc.constantFrom('and', 'or'),
      of: fc.array(tie('expression'), { maxLength: 4 }),
    }) as fc.Arbitrary<Expression>,
    fc.record({ op: fc.constant('not'), of: tie('expression') }) as fc.Arbitrary<Expression>,
  ),
}));

/** Whether a row of this user satisfies the archive's condition. */
function selects(where: Where, row: { readonly account: string; readonly username: string }): boolean {
  if (where.op === 'and') return where.of.every((each) => selects(each, row));
  if (where.op === 'or') return where.of.some((each) => selects(each, row));
  if (where.op === 'not') return !selects(where.of, row);
  if (where.op === 'eq') return row.account === where.value;
  if (where.op === 'in') return where.values.includes(row.username);
  throw new TypeError(`expected no ${where.op}`);
}

function sizeOf(where: Where): number {
  if (where.op === 'and' || where.op === 'or') return where.of.reduce((sum, each) => sum + sizeOf(each), 0);
  if (where.op === 'not') return sizeOf(where.of);
  return where.op === 'in' ? where.values.length : 0;
}

const conditionsOf = (of: Expression): readonly Condition[] => {
  if (of.op === 'and' || of.op === 'or') return of.of.flatMap(conditionsOf);
  if (of.op === 'not') return conditionsOf(of.of);
  return isCondition(of) ? [of] : [];
};

describe('conditions on players', () => {
  it('select the rows that the filter selects, as one set of at most half of the names', () => {
    fc.assert(
      fc.property(expression, (asked) => {
        const where = whereNamed(asked, { usernames, all: true, shown });
        for (const row of usernames) {
          expect(selects(where, row)).toBe(matches(asked, { player: shown(row) }));
        }
        expect(sizeOf(where)).toBeLessThanOrEqual(usernames.length / 2);
      }),
    );
  });

  it('that name names need no others to be looked at', () => {
    const named = expression.filter((asked) => conditionsOf(asked).every(namesThemselves));
    fc.assert(
      fc.property(named, (asked) => {
        const values = conditionsOf(asked).flatMap((of) => (of.op === 'in' ? of.values : [of.value]));
        const known = usernames.filter((each) => values.includes(shown(each)));
        const where = whereNamed(asked, { usernames: known, all: false, shown });
        for (const row of usernames) {
          expect(selects(where, row)).toBe(matches(asked, { player: shown(row) }));
        }
      }),
    );
  });

  it('are told from those on other properties', () => {
    const other = { op: 'eq', property: { ...player, name: 'gameCode' }, value: 'x' } as const;
    const one = { op: 'ne', property: player, value: 'ann' } as const;
    expect(onlyProperty({ op: 'not', of: { op: 'and', of: [one, one] } })).toBe('player');
    expect(onlyProperty({ op: 'and', of: [one, other] })).toBeNull();
    expect(onlyProperty({ op: 'and', of: [] })).toBeNull();
  });
});
