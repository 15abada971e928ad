import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createBet, createCommit, createTransfer, HOUR, iso, NOON, run } from './harness.ts';

let archive: Archive;
let reads: { readonly method: string; readonly players: number; readonly columns?: readonly string[] }[] = [];
const players = Array.from({ length: 30 }, (_, index) => `player${index}`);
const representations = players.map((username) => ({ __typename: 'Player', username }));
const range = `range: { from: "${iso(NOON - 2 * HOUR)}", to: "${iso(NOON)}" }, maxWait: "0s"`;

beforeAll(async () => {
  const real = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  const of = (index: number) => ({ providerUsername: players[index % 20] ?? '' });
  const at = (index: number) => NOON - HOUR - index;
  const many = Array.from({ length: 100 }, (_, index) => index);
  await real.commit(
    createCommit(
      'vp-main',
      'BET',
      many.map((index) => createBet(`b${index}`, at(index), of(index))),
    ),
  );
  await real.commit(
    createCommit(
      'hrg-main',
      'TRANSFER',
      many.map((index) => createTransfer(`t${index}`, at(index), of(index))),
    ),
  );
  archive = {
    ...real,
    page(query) {
      reads.push({ method: 'page', players: query.players?.length ?? 0, columns: query.columns ?? ['all'] });
      return real.page(query);
    },
    playerPages(query) {
      reads.push({ method: 'playerPages', players: query.players.length });
      return real.playerPages(query);
    },
    count(query) {
      reads.push({ method: 'count', players: query.players?.length ?? 0 });
      return real.count(query);
    },
    totals(query) {
      reads.push({ method: 'totals', players: query.players?.length ?? 0 });
      return real.totals(query);
    },
  };
});

beforeEach(() => {
  reads = [];
});

afterAll(() => archive.close());

const ofPlayers = (fields: string) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Player { username ${fields} } } }`;

describe('the lists and totals of many players', () => {
  it('are one read of the archive a shape, and say what each says alone', async () => {
    const fields = `
      bets(${range}, first: 3) { totalCount nodes { providerBetId player { username } } pageInfo { hasNextPage endCursor } }
      oldest: bets(${range}, last: 2) { nodes { providerBetId } }
      transfers(${range}, first: 2) { nodes { transactionCode amount } }
      seqNoFailures(${range}, first: 2) { nodes { seqNo } }
      totals(${range}, groupBy: [CURRENCY]) { rows { betCount currency player stake } }
      named: totals(${range}, groupBy: [PLAYER]) { rows { betCount playerCount player } }`;
    const { data, errors } = await run({ archive }, ofPlayers(fields), { representations });
    expect(errors).toEqual([]);
    const asked = reads.map(({ method, players: many }) => `${method} ${many}`).sort();
    expect(asked).toEqual([
      ...Array(4).fill('playerPages 30'),
      // The rows of the list are counted by totals as well.
      ...Array(3).fill('totals 30'),
    ]);
    for (const [index, representation] of representations.entries()) {
      if (index % 10 !== 3) continue;
      const alone = await run({ archive }, ofPlayers(fields), { representations: [representation] });
      expect((data['_entities'] as unknown[])[index]).toEqual((alone.data['_entities'] as unknown[])[0]);
    }
    expect((data['_entities'] as unknown[])[25]).toMatchObject({ bets: { totalCount: 0, nodes: [] } });
  });

  it('are read apart where their arguments are', async () => {
    const query = `{ a: player(username: "player1") { bets(${range}, first: 1) { nodes { id } } }
      b: player(username: "player2") { bets(${range}, first: 2) { nodes { id } } } }`;
    const { errors } = await run({ archive }, query);
    expect(errors).toEqual([]);
    expect(reads.map(({ method }) => method)).toEqual(['page', 'page']);
  });

  it('fail in their own places', async () => {
    const broken: Archive = { ...archive, playerPages: () => Promise.reject(new Error('out of reach')) };
    const fields = `bets(${range}, first: 1) { nodes { id } } totals(${range}, groupBy: []) { rows { betCount } }`;
    const { data, errors } = await run({ archive: broken }, ofPlayers(fields), { representations });
    expect(errors).toHaveLength(players.length);
    expect(data['_entities']).toBeDefined();
  });
});

describe('the columns of a page', () => {
  const columnsOf = async (selection: string, variables = {}) => {
    const head = selection.includes('$') ? 'query ($raw: Boolean!)' : 'query';
    const { errors } = await run(
      { archive },
      `${head} { bets(filter: { range: { from: "${iso(NOON - 2 * HOUR)}", to: "${iso(NOON)}" } }, first: 2, maxWait: "0s") { ${selection} } } ${selection.includes('...money') ? FRAGMENTS : ''}`,
      variables,
    );
    expect(errors).toEqual([]);
    return reads.flatMap(({ method, columns = [] }) =>
      method === 'page' ? [[...new Set(columns)].sort()] : [],
    );
  };
  const FRAGMENTS =
    'fragment money on Bet { stake won: payout ...more } fragment more on Bet { credits { realStake } }';

  it('follow fields, aliases and fragments, of nodes and of edges', async () => {
    const used = await columnsOf(
      'nodes { id player { username } game: gameCode ...money } edges { node { status } }',
    );
    expect(used).toEqual([
      [
        'freeNetWin',
        'freeStake',
        'gameCode',
        'payout',
        'promotionNetWin',
        'promotionStake',
        'realNetWin',
        'realStake',
        'stake',
        'status',
      ],
    ]);
  });

  it('follow @skip and @include', async () => {
    expect(
      await columnsOf(
        'nodes { raw @include(if: $raw) stake }  ...on BetConnection { nodes { ...money @skip(if: true) } }',
        { raw: false },
      ),
    ).toEqual([['stake']]);
  });

  it('are none where nobody looks at a row', async () => {
    expect(await columnsOf('totalCount coverage { complete } ...on BetConnection { __typename }')).toEqual(
      [],
    );
    expect(await columnsOf('pageInfo { endCursor }')).toEqual([[]]);
  });
});
