import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createBet, createCommit, HOUR, hiddenPlayers, NOON, run, type Surroundings } from './harness.ts';

let archive: KeptArchive;
beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  const betsOf = (...names: string[]) =>
    names.map((providerUsername, at) =>
      createBet(`${providerUsername}${at}`, NOON - HOUR, { providerUsername }),
    );
  await archive.commit(createCommit('vp-main', 'BET', betsOf('ann', 'anna', 'bob')));
  await archive.commit(createCommit('hrg-main', 'BET', betsOf('ann', 'Zed')));
});
afterAll(() => archive.close());

async function players(args = '', surroundings: Partial<Surroundings> = {}) {
  const list = `players${args && `(${args})`}`;
  const source = `{ ${list} { totalCount nodes { username } edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const { data, errors } = await run({ archive, ...surroundings }, source);
  const page = data['players'] as {
    totalCount: number;
    nodes: readonly { username: string }[];
    edges: readonly { cursor: string }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
  } | null;
  return { page, errors, names: page?.nodes.map(({ username }) => username) };
}

describe('players', () => {
  test('are listed once each, in the order of their names', async () => {
    const { page, names, errors } = await players();
    expect(errors).toEqual([]);
    expect(names).toEqual(['Zed', 'ann', 'anna', 'bob']);
    expect(page).toMatchObject({
      totalCount: 4,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: page?.edges[0]?.cursor },
    });
  });

  test('are found by what their names begin with', async () => {
    expect((await players('search: "ann"')).names).toEqual(['ann', 'anna']);
    expect((await players('search: "nn"')).names).toEqual([]);
    expect((await players('search: "%"')).names).toEqual([]);
    expect((await players('search: ""')).names).toHaveLength(4);
  });

  test('come page by page', async () => {
    const first = await players('first: 2');
    expect(first.names).toEqual(['Zed', 'ann']);
    expect(first.page?.totalCount).toBe(4);
    expect(first.page?.pageInfo.hasNextPage).toBe(true);
    const next = await players(`first: 2, after: "${first.page?.pageInfo.endCursor}"`);
    expect(next.names).toEqual(['anna', 'bob']);
    expect(next.page?.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect((await players('first: 0')).page?.pageInfo).toMatchObject({ hasNextPage: true, endCursor: null });
  });

  test('are those of the accounts that may be seen', async () => {
    expect((await players('', { viewer: { accounts: ['hrg-main'] } })).names).toEqual(['Zed', 'ann']);
    expect((await players('', { viewer: { accounts: [] } })).names).toEqual([]);
  });

  test('are nobody else for a player', async () => {
    const viewer = { onlyPlayer: 'bob', role: 'player' as const };
    expect((await players('', { viewer })).names).toEqual(['bob']);
    expect(await players('search: "ann"', { viewer })).toMatchObject({ names: [], page: { totalCount: 0 } });
  });

  test('are pseudonyms, in their own order, for who may not read players', async () => {
    const hidden = { players: hiddenPlayers, viewer: { readsPlayers: false } };
    const { page, names } = await players('first: 3', hidden);
    expect(names).toEqual(['anna', 'bob', 'deZ']);
    expect(page?.totalCount).toBe(4);
    const { endCursor } = page?.pageInfo ?? {};
    expect((await players(`after: "${endCursor}"`, hidden)).names).toEqual(['nna']);
    expect((await players('search: "nn"', hidden)).names).toEqual(['nna']);
    expect((await players('search: "ann"', hidden)).names).toEqual(['anna']);
  });

  test.each([
    ['first: 1001', 'first: expected 0 to 1000, got 1001'],
    ['after: "x"', 'after: expected a cursor of this list, got "x"'],
  ])('refuse %s', async (args, message) => {
    expect((await players(args)).errors).toEqual([{ message, code: 'BAD_USER_INPUT' }]);
  });
});
