import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { decimal } from '../../src/records/decimal.ts';
import {
  complete,
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  DAY,
  HOUR,
  iso,
  MINUTE,
  NOON,
  run,
} from './harness.ts';

let archive: Archive;
const START = NOON - HOUR;
const range = { from: iso(START), to: iso(NOON) };

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, username) => username });
  await archive.commit(
    createCommit('vp-main', 'BET', [
      createBet('v1', START, { placedAt: START - DAY }),
      createBet('v2', START + 2 * MINUTE, { providerUsername: 'bob', gameCode: 'g2', currency: 'USD' }),
      createBet('v3', START + 3 * MINUTE, { stake: decimal('12345678901234567890.123456') }),
      // The first instant after the range.
      createBet('v4', NOON),
    ]),
  );
  await archive.commit(
    createCommit('hrg-main', 'BET', [
      createBet('h1', START + 2 * MINUTE, { currency: 'CNY', placedAt: null }),
    ]),
  );
  await archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', START + MINUTE)]));
  await archive.commit(createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('s1', START + MINUTE)]));
});

afterAll(() => archive.close());

const PAGE = `
  query ($filter: BetFilter!, $first: Int, $after: String, $last: Int, $before: String) {
    bets(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { providerBetId } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }`;

interface Page {
  readonly keys: readonly string[];
  readonly pageInfo: Record<'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor', unknown>;
  readonly totalCount: number;
  readonly cursors: readonly string[];
}

async function page(variables: Record<string, unknown>): Promise<Page> {
  const { data, errors } = await run({ archive }, PAGE, { filter: { range }, ...variables });
  expect(errors).toEqual([]);
  const { edges, pageInfo, totalCount } = data['bets'] as {
    edges: { cursor: string; node: { providerBetId: string } }[];
    pageInfo: Page['pageInfo'];
    totalCount: number;
  };
  const keys = edges.map(({ node }) => node.providerBetId);
  return { keys, pageInfo, totalCount, cursors: edges.map(({ cursor }) => cursor) };
}

async function keysOf(filter: Record<string, unknown>): Promise<readonly string[]> {
  return (await page({ filter: { range, ...filter } })).keys;
}

describe('a list', () => {
  it('is half-open, newest first, then by account and key', async () => {
    expect((await page({})).keys).toEqual(['v3', 'h1', 'v2', 'v1']);
  });

  it('is walked forwards and backwards by cursors, meeting every row once', async () => {
    const one = await page({ first: 3 });
    expect(one).toMatchObject({ keys: ['v3', 'h1', 'v2'], totalCount: 4 });
    expect(one.pageInfo).toMatchObject({
      hasNextPage: true,
      hasPreviousPage: false,
      endCursor: one.cursors[2],
    });
    const two = await page({ first: 3, after: one.pageInfo.endCursor });
    expect(two.keys).toEqual(['v1']);
    expect(two.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await page({ last: 2, before: two.pageInfo.startCursor });
    expect(back.keys).toEqual(['h1', 'v2']);
    expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    expect((await page({ last: 1 })).keys).toEqual(['v1']);
  });

  it('may be empty pages long', async () => {
    const { keys, pageInfo } = await page({ first: 0 });
    expect(keys).toEqual([]);
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });

  it('orders and pages by the placed time where asked, and by settlement where none was sent', async () => {
    const filter = { axis: 'PLACED', range: { from: iso(START - 2 * DAY), to: iso(NOON) } };
    const one = await page({ filter, first: 2 });
    // v3 was placed when h1 was settled, and hrg-main comes before vp-main.
    expect(one.keys).toEqual(['v4', 'h1']);
    expect((await page({ filter, first: 9, after: one.pageInfo.endCursor })).keys).toEqual([
      'v3',
      'v2',
      'v1',
    ]);
  });

  it.each([
    [{ players: ['bob'] }, ['v2']],
    [{ players: ['nobody'] }, []],
    [{ games: ['g2'] }, ['v2']],
    [{ currencies: ['CNY', 'USD'] }, ['h1', 'v2']],
    [{ accounts: ['vp-main'] }, ['v3', 'v2', 'v1']],
    [{ providers: ['HOTROAD'] }, ['h1']],
    [{ accounts: ['vp-main'], providers: ['HOTROAD'] }, []],
    [{ providerBetIds: ['v1', 'h1'] }, ['h1', 'v1']],
    [{ outcomes: ['WIN'] }, []],
    [{ statuses: ['SETTLED'], roundIds: ['r1'], currencies: ['USD'] }, ['v2']],
    [{ games: null, accounts: null }, ['v3', 'h1', 'v2', 'v1']],
  ])('is narrowed by %j', async (filter, keys) => {
    expect(await keysOf(filter)).toEqual(keys);
  });

  it('gives every field of a bet, digit for digit', async () => {
    const { data, errors } = await run(
      { archive },
      `query ($filter: BetFilter!) { bets(filter: $filter) { nodes {
        id account { id provider currency } providerBetId player { id username } providerUsername stake validStake payout
        netWin credits { realStake } status outcome placedAt settledAt updatedAt raw } } }`,
      { filter: { range, providerBetIds: ['v3'] } },
    );
    expect(errors).toEqual([]);
    const at = iso(START + 3 * MINUTE);
    expect(data['bets']).toEqual({
      nodes: [
        {
          id: Buffer.from('["Bet","vp-main","v3"]').toString('base64url'),
          account: { id: 'vp-main', provider: 'VERTEXPLAY', currency: null },
          providerBetId: 'v3',
          player: { id: Buffer.from('["Player","","ann"]').toString('base64url'), username: 'ann' },
          providerUsername: 'ann',
          stake: '12345678901234567890.123456',
          validStake: null,
          payout: '4.500000',
          netWin: '-5.500000',
          credits: null,
          status: 'SETTLED',
          outcome: 'LOSE',
          placedAt: iso(START + 2 * MINUTE),
          settledAt: at,
          updatedAt: at,
          raw: '{"betId":"v3"}',
        },
      ],
    });
  });

  it('gives transfers and wallet callbacks alike', async () => {
    const { data } = await run(
      { archive },
      `query ($range: TimeRange!) {
        transfers(filter: { range: $range, directions: [WITHDRAWAL] }) { nodes { transactionCode amount freeCredit } totalCount }
        seqNoFailures(filter: { range: $range, succeeded: false, statusCodes: [4025], seqNos: ["s1"] }) {
          nodes { seqNo event statusCode statusMeaning succeeded requestedAt } }
        none: seqNoFailures(filter: { range: $range, succeeded: true }) { nodes { id } }
      }`,
      { range },
    );
    expect(data).toEqual({
      transfers: {
        nodes: [{ transactionCode: 't1', amount: '-900.0', freeCredit: '-100.0' }],
        totalCount: 1,
      },
      seqNoFailures: {
        nodes: [
          {
            seqNo: 's1',
            event: 'increaseCredit',
            statusCode: 4025,
            statusMeaning: 'wrong parameters',
            succeeded: false,
            requestedAt: iso(START + MINUTE),
          },
        ],
      },
      none: { nodes: [] },
    });
  });
});

describe('what a list asks of its feeds', () => {
  const ask = (filter: string, args = '') =>
    run(
      { archive },
      `{ bets(filter: { range: { from: "${range.from}", to: "${range.to}" } ${filter} } ${args}) { nodes { id } } }`,
    );
  const names = (asks: Awaited<ReturnType<typeof ask>>['asks']) =>
    asks.flatMap((each) => each.feeds.map(({ account, kind }) => `${account.id} ${kind}`));

  it('is every feed of its kind that accounts and providers leave, whatever else is filtered', async () => {
    const all = await ask('players: ["bob"], games: ["g2"]');
    expect(names(all.asks)).toEqual(['vp-main BET', 'hrg-main BET', 'one-main BET']);
    expect(names((await ask('providers: [HOTROAD, ONEAPI], accounts: ["hrg-main"]')).asks)).toEqual([
      'hrg-main BET',
    ]);
  });

  it('waits 2 s unless told otherwise', async () => {
    for (const [args, maxWaitMs] of [
      ['', 2_000],
      [', maxWait: null', 2_000],
      [', maxWait: "0s"', 0],
      [', maxWait: "500ms"', 500],
    ] as const) {
      expect((await ask('', args)).asks.map((each) => each.maxWaitMs)).toEqual([maxWaitMs]);
    }
  });

  it('reaches as far past a placed range as each feed settles', async () => {
    const [settled] = (await ask('')).asks;
    expect(settled?.range).toEqual({ from: START, to: NOON });
    const reaches = (await ask('axis: PLACED')).asks.map(({ feeds: asked, range }) => ({
      accounts: asked.map(({ account }) => account.id),
      range,
    }));
    expect(reaches).toEqual([
      { accounts: ['vp-main', 'hrg-main'], range: { from: START, to: NOON + DAY } },
      { accounts: ['one-main'], range: { from: START, to: NOON + 2 * DAY } },
    ]);
    const [quick] = (await ask('axis: PLACED, accounts: ["vp-main"]')).asks;
    expect(quick?.range).toEqual({ from: START, to: NOON + DAY });
  });

  it('is filled before the page is read, even where coverage is not selected', async () => {
    const later = NOON + 10 * DAY;
    const { data } = await run(
      {
        archive,
        onCover: async () => {
          await archive.commit(createCommit('one-main', 'BET', [createBet('o1', later)]));
        },
      },
      `{ bets(filter: { range: { from: "${iso(later)}", to: "${iso(later + 1)}" } }) { nodes { providerBetId } } }`,
    );
    expect(data).toEqual({ bets: { nodes: [{ providerBetId: 'o1' }] } });
  });
});

describe('coverage', () => {
  it('is that of the list’s own fill, with its gaps', async () => {
    const gap = {
      account: 'vp-main',
      kind: 'BET',
      from: START,
      to: NOON,
      reason: 'PENDING',
      retryAt: NOON + 5_000,
      message: null,
    } as const;
    const { data, asks } = await run(
      { archive, coverage: { ...complete, complete: false, windowsHeld: 0, gaps: [gap] } },
      `query ($range: TimeRange!) { bets(filter: { range: $range }) {
         coverage { complete final windowsAsked windowsHeld quarantined gaps { accountId kind from to reason retryAt message } } } }`,
      { range },
    );
    expect(asks).toHaveLength(1);
    expect(data['bets']).toEqual({
      coverage: {
        complete: false,
        final: false,
        windowsAsked: 6,
        windowsHeld: 0,
        quarantined: 0,
        gaps: [
          {
            accountId: 'vp-main',
            kind: 'BET',
            ...range,
            reason: 'PENDING',
            retryAt: iso(NOON + 5_000),
            message: null,
          },
        ],
      },
    });
  });

  it('is of nothing, and complete, where no feed is asked', async () => {
    const { data, asks } = await run(
      { archive },
      `{ bets(filter: { range: { from: "${range.from}", to: "${range.to}" }, accounts: ["ebet-main"] }) {
        totalCount coverage { complete windowsAsked } } }`,
    );
    expect(asks).toEqual([]);
    expect(data['bets']).toEqual({ totalCount: 0, coverage: { complete: true, windowsAsked: 0 } });
  });

  it('by feed reads the archive alone', async () => {
    const { data, asks } = await run(
      { archive },
      `query ($range: TimeRange!) {
        coverage(range: $range, accounts: ["hrg-main"]) { account { id } kind coverage { complete } held { from to } finalUntil rows }
        accounts { id feeds { kind coverage(range: $range) { complete }
          limits { maxWindow grid minInterval quota { calls per } retention settlesWithin rowCap } health { state lastSuccessAt retryAt } } }
        providers { name title kinds }
      }`,
      { range },
    );
    expect(new Set(asks.map((each) => each.maxWaitMs))).toEqual(new Set([null]));
    const feed = {
      account: { id: 'hrg-main' },
      coverage: { complete: true },
      held: [range],
      finalUntil: null,
    };
    expect(data['coverage']).toEqual([
      { ...feed, kind: 'BET', rows: 1 },
      { ...feed, kind: 'TRANSFER', rows: 1 },
    ]);
    const [first] = data['accounts'] as { feeds: unknown[] }[];
    expect(first?.feeds).toEqual([
      {
        kind: 'BET',
        coverage: { complete: true },
        limits: {
          maxWindow: '10m',
          grid: '10m',
          minInterval: '3s',
          quota: { calls: 500, per: '1m' },
          retention: '40d',
          settlesWithin: '1d',
          rowCap: null,
        },
        health: { state: 'OK', lastSuccessAt: iso(NOON - MINUTE), retryAt: null },
      },
    ]);
    expect(data['providers']).toContainEqual({
      name: 'HOTROAD',
      title: 'HotRoad Gaming',
      kinds: ['BET', 'TRANSFER'],
    });
  });
});
