import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { encodeId } from '../../src/graph/rows/ids.ts';
import {
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  HOUR,
  hiddenPlayers,
  iso,
  NOON,
  run,
} from './harness.ts';

let archive: Archive;
let reads: { readonly kind: string; readonly keys: number }[] = [];
const at = NOON - HOUR;
const keys = Array.from({ length: 500 }, (_, index) => `b${index}`);

beforeAll(async () => {
  const real = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  await real.commit(
    createCommit(
      'vp-main',
      'BET',
      keys.map((key) => createBet(key, at)),
    ),
  );
  await real.commit(createCommit('one-main', 'BET', [createBet('o1', at, { providerUsername: 'bob' })]));
  await real.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', at)]));
  await real.commit(createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('9|bet|1|ann', at)]));
  archive = {
    ...real,
    byKeys(kind, ids) {
      reads.push({ kind, keys: ids.length });
      return real.byKeys(kind, ids);
    },
  };
});

beforeEach(() => {
  reads = [];
});

afterAll(() => archive.close());

const betId = (key: string, account = 'vp-main') => encodeId('Bet', account, key);
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename ... on Bet { providerBetId } ... on Transfer { transactionCode } ... on SeqNoFailure { seqNo }
  ... on Player { id username } ... on Account { id provider } } }`;

describe('_entities', () => {
  it('reads 500 representations with one archive query a type', async () => {
    const representations = [
      ...keys.map((key) => ({ __typename: 'Bet', id: betId(key) })),
      { __typename: 'Transfer', id: encodeId('Transfer', 'hrg-main', 't1') },
      { __typename: 'SeqNoFailure', id: encodeId('SeqNoFailure', 'ebet-main', '9|bet|1|ann') },
    ];
    const { data, errors } = await run({ archive }, ENTITIES, { representations });
    expect(errors).toEqual([]);
    expect(data['_entities']).toEqual([
      ...keys.map((providerBetId) => ({ __typename: 'Bet', providerBetId })),
      { __typename: 'Transfer', transactionCode: 't1' },
      { __typename: 'SeqNoFailure', seqNo: '9|bet|1|ann' },
    ]);
    expect(reads).toEqual([
      { kind: 'BET', keys: 500 },
      { kind: 'TRANSFER', keys: 1 },
      { kind: 'SEQ_NO_FAILURE', keys: 1 },
    ]);
  });

  it('finds a player by either key, and an account by its own', async () => {
    const id = encodeId('Player', '', 'ann');
    const { data } = await run({ archive }, ENTITIES, {
      representations: [
        { __typename: 'Player', username: 'ann' },
        { __typename: 'Player', id },
        { __typename: 'Account', id: 'hrg-main' },
        { __typename: 'Account', id: 'nobody' },
      ],
    });
    const player = { __typename: 'Player', id, username: 'ann' };
    expect(data['_entities']).toEqual([
      player,
      player,
      { __typename: 'Account', id: 'hrg-main', provider: 'HOTROAD' },
      null,
    ]);
  });

  it('answers what is malformed with an error in its place, and the others', async () => {
    const bad: readonly (readonly [unknown, string])[] = [
      [{ __typename: 'Bet', id: 'stale' }, '.id: expected an id this graph gave out, got "stale"'],
      [
        { __typename: 'Bet', id: encodeId('Transfer', 'hrg-main', 't1') },
        '.id: expected the id of a Bet, got that of a Transfer',
      ],
      [
        { __typename: 'Nope' },
        '.__typename: expected one of Account, Bet, Player, SeqNoFailure, Transfer, got "Nope"',
      ],
      [
        { __typename: 'toString', id: 'x' },
        '.__typename: expected one of Account, Bet, Player, SeqNoFailure, Transfer, got "toString"',
      ],
      [{ id: 'x' }, '.__typename: expected one of Account, Bet, Player, SeqNoFailure, Transfer, got nothing'],
      [{ __typename: 'Player' }, ': expected a Player with id or username, got neither'],
      [{ __typename: 'Player', username: '' }, '.username: expected a text, got ""'],
      [{ __typename: 'Player', username: 5 }, '.username: expected a text, got the number "5"'],
      [{ __typename: 'Bet', id: { a: 1 } }, '.id: expected a text, got an object'],
      [[], ': expected an object with __typename and a key, got a list'],
      ['Bet', ': expected an object with __typename and a key, got the string "Bet"'],
    ];
    const good = { __typename: 'Bet', id: betId('b1') };
    const representations = bad.flatMap(([each]) => [good, each]);
    const { data, errors } = await run({ archive }, ENTITIES, { representations });
    expect(data['_entities']).toEqual(bad.flatMap(() => [{ __typename: 'Bet', providerBetId: 'b1' }, null]));
    // Those found out later come later.
    const messages = bad.map(([, message], index) => `representations[${2 * index + 1}]${message}`);
    expect(errors.map(({ message }) => message).sort()).toEqual(messages.sort());
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['BAD_USER_INPUT']));
    expect(reads).toEqual([{ kind: 'BET', keys: 1 }]);
  });

  it('answers null for what the key may not see', async () => {
    const { data, errors } = await run({ archive, viewer: { accounts: ['hrg-main'] } }, ENTITIES, {
      representations: [
        { __typename: 'Bet', id: betId('b1') },
        { __typename: 'Account', id: 'vp-main' },
      ],
    });
    expect({ data, errors, reads }).toEqual({ data: { _entities: [null, null] }, errors: [], reads: [] });
  });
});

describe('node', () => {
  it('finds every type by its id, and nulls in their places', async () => {
    const ids = [
      betId('b7'),
      betId('none'),
      encodeId('Transfer', 'hrg-main', 't1'),
      encodeId('Player', '', 'ann'),
      betId('b7', 'elsewhere'),
    ];
    const { data } = await run({ archive }, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids,
    });
    expect(data['nodes']).toEqual([
      { __typename: 'Bet', id: ids[0] },
      null,
      { __typename: 'Transfer', id: ids[2] },
      { __typename: 'Player', id: ids[3] },
      null,
    ]);
    expect(reads).toEqual([
      { kind: 'BET', keys: 2 },
      { kind: 'TRANSFER', keys: 1 },
    ]);
  });

  it('answers an id that is none with an error in its place', async () => {
    const source = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    for (const none of ['!!!', 'stale', '', encodeId('Bet', 'vp-main', '')]) {
      const ids = [betId('b1'), none, betId('b2')];
      const { data, errors } = await run({ archive }, source, { ids });
      expect(data['nodes']).toEqual([{ id: ids[0] }, null, { id: ids[2] }]);
      const message = `ids[1]: expected an id this graph gave out, got ${JSON.stringify(none)}`;
      expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message }]);
    }
  });

  it('asks no provider', async () => {
    const readDetail = async () => Promise.reject(new Error('readDetail: expected no call'));
    const { data } = await run({ archive, readDetail }, `{ node(id: "${betId('gone')}") { id } }`);
    expect(data).toEqual({ node: null });
  });
});

describe('one bet', () => {
  const BET = 'query ($id: ID!, $near: DateTime) { bet(id: $id, near: $near) { providerBetId } }';

  it('comes from the archive without a call', async () => {
    const readDetail = async () => Promise.reject(new Error('readDetail: expected no call'));
    const { data } = await run({ archive, readDetail }, BET, { id: betId('b3') });
    expect(data).toEqual({ bet: { providerBetId: 'b3' } });
  });

  it('is read at its provider where the archive lacks it', async () => {
    const asked: unknown[] = [];
    const readDetail = async (account: string, key: string, near: number | null) => {
      asked.push([account, key, near]);
      await archive.commit(createCommit('one-main', 'BET', [createBet(key, at)]));
      return 'FETCHED' as const;
    };
    const { data, notices } = await run(
      { archive, readDetail },
      'query ($near: DateTime) { betByProviderId(account: "one-main", providerBetId: "late", near: $near) { id } }',
      { near: iso(at) },
    );
    expect(data).toEqual({ betByProviderId: { id: betId('late', 'one-main') } });
    expect(asked).toEqual([['one-main', 'late', at]]);
    expect(notices).toEqual([]);
  });

  it('is null with a notice where the provider would need a time', async () => {
    const { data, notices } = await run({ archive, readDetail: async () => 'NEEDS_NEAR' }, BET, {
      id: betId('gone', 'one-main'),
    });
    expect(data).toEqual({ bet: null });
    expect(notices).toEqual([
      {
        code: 'DETAIL_NEEDS_NEAR',
        message:
          'one-main: bet "gone" is not archived, and its provider can look it up only round a time: give near',
      },
    ]);
  });

  it.each(['NOT_FOUND', 'UNSUPPORTED'] as const)('is null where the provider says %s', async (outcome) => {
    const { data, notices } = await run({ archive, readDetail: async () => outcome }, BET, {
      id: betId('gone'),
    });
    expect({ data, notices }).toEqual({ data: { bet: null }, notices: [] });
  });
});

describe('a player', () => {
  const range = `range: { from: "${iso(at - HOUR)}", to: "${iso(NOON)}" }`;

  it('has its own rows of every kind, and its names at the accounts the key may see', async () => {
    const source = `{
      player(username: "ann") {
        accounts { account { id } providerUsername }
        bets(${range}, first: 1) { totalCount }
        transfers(${range}) { nodes { transactionCode } }
        seqNoFailures(${range}) { totalCount }
        totals(${range}, groupBy: [CURRENCY]) { rows { currency betCount stake } }
      }
      nobody: player(username: "nobody") { id accounts { providerUsername } bets(${range}) { nodes { id } } }
    }`;
    const { data, errors } = await run({ archive, viewer: { accounts: ['vp-main', 'hrg-main'] } }, source);
    expect(errors).toEqual([]);
    expect(data).toEqual({
      player: {
        accounts: [
          { account: { id: 'hrg-main' }, providerUsername: 'ann' },
          { account: { id: 'vp-main' }, providerUsername: 'ann' },
        ],
        bets: { totalCount: 500 },
        transfers: { nodes: [{ transactionCode: 't1' }] },
        seqNoFailures: { totalCount: 0 },
        totals: { rows: [{ currency: 'THB', betCount: 500, stake: '5000.000000' }] },
      },
      nobody: { id: encodeId('Player', '', 'nobody'), accounts: [], bets: { nodes: [] } },
    });
  });

  it('is a pseudonym everywhere for a key that may not see players', async () => {
    const viewer = { readsPlayers: false, readsRaw: false };
    const source = `query ($id: ID!) {
      bets(filter: { ${range}, players: ["nna"] }, first: 1) { nodes { player { id username } providerUsername raw } totalCount }
      player(username: "nna") { accounts { providerUsername } }
      betTotals(filter: { ${range}, accounts: ["vp-main"] }, groupBy: [PLAYER]) { rows { player betCount } }
      seqNoFailures(filter: { ${range}, seqNos: ["nna|1|teb|9"] }) { nodes { id seqNo } edges { cursor } }
      node(id: $id) { ... on SeqNoFailure { seqNo } }
    }`;
    const id = encodeId('SeqNoFailure', 'ebet-main', 'nna|1|teb|9');
    const { data, errors } = await run({ archive, viewer, players: hiddenPlayers }, source, { id });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      bets: {
        nodes: [
          {
            player: { id: encodeId('Player', '', 'nna'), username: 'nna' },
            providerUsername: 'nna',
            raw: null,
          },
        ],
      },
      betTotals: { rows: [{ player: 'nna', betCount: 500 }] },
      seqNoFailures: { nodes: [{ id, seqNo: 'nna|1|teb|9' }] },
      node: { seqNo: 'nna|1|teb|9' },
    });
    expect(data['player']).toEqual({
      accounts: Array.from({ length: 4 }, () => ({ providerUsername: 'nna' })),
    });
    const { edges } = data['seqNoFailures'] as { edges: { cursor: string }[] };
    expect(Buffer.from(edges[0]?.cursor ?? '', 'base64url').toString()).not.toContain('ann');
  });

  it('who asks sees its own rows alone', async () => {
    const viewer = { onlyPlayer: 'bob', role: 'player' as const };
    const source = `query ($ann: ID!, $bob: ID!) {
      bets(filter: { ${range} }) { nodes { providerBetId } totalCount }
      others: bets(filter: { ${range}, players: ["ann"] }) { totalCount }
      player(username: "ann") { bets(${range}) { totalCount } totals(${range}, groupBy: []) { rows { betCount } } }
      betTotals(filter: { ${range} }, groupBy: [PLAYER]) { rows { player betCount } }
      coverage(range: { from: "${iso(at - HOUR)}", to: "${iso(NOON)}" }, accounts: ["vp-main"]) { rows }
      nodes(ids: [$ann, $bob]) { id }
      bet(id: $ann) { id }
    }`;
    const variables = { ann: betId('b1'), bob: betId('o1', 'one-main') };
    const readDetail = async () => Promise.reject(new Error('readDetail: expected no call'));
    const { data, errors } = await run({ archive, viewer, readDetail }, source, variables);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      bets: { nodes: [{ providerBetId: 'o1' }], totalCount: 1 },
      others: { totalCount: 0 },
      player: null,
      betTotals: { rows: [{ player: 'bob', betCount: 1 }] },
      coverage: [{ rows: 0 }],
      nodes: [null, { id: variables.bob }],
      bet: null,
    });
  });
});
