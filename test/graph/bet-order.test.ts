import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { decimal } from '../../src/records/decimal.ts';
import { createBet, createCommit, HOUR, iso, MINUTE, NOON, run } from './harness.ts';

const START = NOON - HOUR;
const range = { from: iso(START), to: iso(NOON) };

// Spelt in several scales, many alike, beyond what a float can tell apart.
const stakes = [
  '10',
  '10.00',
  '9.99',
  '12345678901234567890.000001',
  '12345678901234567890.000002',
  '0',
  '10',
];
const netWins = ['-10', '5', '-9.99', '0', '0.000000000000000001', '-0.5', '5.0'];

let archive: Archive;
beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  for (const account of ['vp-main', 'hrg-main']) {
    const bets = stakes.map((stake, index) =>
      createBet(`${account[0]}${index}`, START + ((index * 3) % 7) * MINUTE, {
        stake: decimal(stake),
        netWin: decimal(netWins[index]!),
        placedAt: START + index * MINUTE,
      }),
    );
    await archive.commit(createCommit(account, 'BET', bets));
  }
});
afterAll(() => archive.close());

const query = `
  query ($filter: BetFilter!, $orderBy: BetOrder, $first: Int, $after: String, $last: Int, $before: String) {
    bets(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { providerBetId stake netWin settledAt } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }`;

interface Row {
  readonly providerBetId: string;
  readonly stake: string;
  readonly netWin: string;
  readonly settledAt: string;
}
interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

async function ask(variables: Record<string, unknown>) {
  const { data, errors } = await run({ archive }, query, { filter: { range }, ...variables });
  return { page: data['bets'] as Page, errors };
}

async function keysOf(variables: Record<string, unknown>): Promise<readonly string[]> {
  const { page, errors } = await ask(variables);
  expect(errors).toEqual([]);
  return page.edges.map(({ node }) => node.providerBetId);
}

const units = (text: string) => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  return BigInt(`${whole}${fraction.padEnd(18, '0')}`) * (text.startsWith('-') ? -1n : 1n);
};
const account = (key: string) => (key.startsWith('h') ? 'hrg-main' : 'vp-main');
const byId = (a: Row, b: Row) => {
  const [left, right] = [a, b].map(({ providerBetId }) => account(providerBetId) + providerBetId);
  return left! < right! ? -1 : 1;
};
const byAmount = (field: 'stake' | 'netWin') => (a: Row, b: Row) => {
  const apart = units(b[field]) - units(a[field]);
  return apart === 0n ? byId(a, b) : apart > 0n ? 1 : -1;
};

describe.each([
  ['STAKE', byAmount('stake')],
  ['NET_WIN', byAmount('netWin')],
] as const)('bets ordered by %s', (orderBy, compare) => {
  it('come the largest first, exactly, then by account and key', async () => {
    const all = (await ask({})).page.edges.map(({ node }) => node);
    const expected = [...all].sort(compare).map(({ providerBetId }) => providerBetId);
    expect(await keysOf({ orderBy, first: 100 })).toEqual(expected);
  });
});

describe.each(['NEWEST', 'OLDEST', 'STAKE', 'NET_WIN'])('a list in the order %s', (orderBy) => {
  it.each([1, 3, 5, 14])('is walked by %i from either end, each row once', async (size) => {
    const whole = await keysOf({ orderBy, first: 100 });
    expect(new Set(whole).size).toBe(14);
    const forwards: string[] = [];
    let after: string | null = null;
    do {
      const { page }: { page: Page } = await ask({ orderBy, first: size, after });
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(page.totalCount).toBe(14);
      forwards.push(...page.edges.map(({ node }) => node.providerBetId));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(forwards).toEqual(whole);

    const backwards: string[] = [];
    let before: string | null = null;
    do {
      const { page }: { page: Page } = await ask({ orderBy, last: size, before });
      expect(page.pageInfo.hasNextPage).toBe(before !== null);
      backwards.unshift(...page.edges.map(({ node }) => node.providerBetId));
      before = page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null;
    } while (before !== null);
    expect(backwards).toEqual(whole);
  });
});

it('gives the oldest first by the time the range selects by', async () => {
  const newest = await keysOf({ first: 100 });
  expect((await keysOf({ orderBy: 'OLDEST', first: 100 }))[0]).toBe(newest.at(-1));
  const placed = await keysOf({ orderBy: 'OLDEST', first: 4, filter: { range, axis: 'PLACED' } });
  expect(placed.map((key) => key.slice(1))).toEqual(['0', '0', '1', '1']);
});

it('orders the bets of one player as well', async () => {
  const { data, errors } = await run(
    { archive },
    'query ($range: TimeRange!) { player(username: "ann") { bets(range: $range, orderBy: STAKE, first: 2) { nodes { stake } } } }',
    { range },
  );
  expect(errors).toEqual([]);
  expect(data['player']).toEqual({
    bets: { nodes: [{ stake: '12345678901234567890.000002' }, { stake: '12345678901234567890.000002' }] },
  });
});

it('refuses a cursor of another order, and a page between two cursors of amounts', async () => {
  const { page } = await ask({ orderBy: 'STAKE', first: 1 });
  const after = page.edges[0]!.cursor;
  for (const [variables, said] of [
    [{ orderBy: 'NET_WIN', after }, 'after: expected a cursor of this list'],
    [{ orderBy: 'OLDEST', after }, 'after: expected a cursor of this list'],
    [{ after }, 'after: expected a cursor of this list'],
    [{ orderBy: 'STAKE', first: 2, before: after }, 'before: not together with first in the order STAKE'],
    [{ orderBy: 'STAKE', last: 2, after }, 'after: not together with last in the order STAKE'],
  ] as const) {
    const { errors } = await ask(variables);
    expect(errors).toMatchObject([{ message: expect.stringContaining(said) }]);
  }
});

describe('bounds', () => {
  it.each([
    [{ minStake: '10' }, ['0', '1', '3', '4', '6']],
    [{ maxStake: '9.990' }, ['2', '5']],
    [{ minStake: '12345678901234567890.000002' }, ['4']],
    [{ minNetWin: '0.000000000000000001' }, ['1', '4', '6']],
    [{ maxNetWin: '-9.99', minStake: '9.99' }, ['0', '2']],
  ])('%j are exact, and take in what they name', async (bounds, expected) => {
    const keys = await keysOf({ filter: { range, accounts: ['vp-main'], ...bounds }, first: 100 });
    expect(keys.map((key) => key.slice(1)).sort()).toEqual(expected);
  });
});
