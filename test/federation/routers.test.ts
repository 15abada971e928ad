import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gap, iso, keys, NOON, oldBets, range } from './countroom.ts';
import { type Ask, bearer, type Harness, openHarness } from './harness.ts';
import { betId } from './teams.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
beforeEach(() => harness.forget());
afterAll(() => harness.close());

const routers = [
  ['@apollo/gateway', 'apollo'],
  ['Hive Gateway', 'hive'],
] as const;

describe.each(routers)('through %s', (_title, name) => {
  const ask: Ask = (...args) => harness.routers[name](...args);
  const teamsAsked = () => harness.sent.map(({ to }) => to).sort();

  it('goes from a list of the CRM to bets, their gaps and the wallet', async () => {
    const { data, errors } = await ask(`{
      vips {
        username vipLevel balance
        bets(${range}) {
          totalCount
          nodes { providerBetId stake currency }
          coverage { complete gaps { accountId kind from to reason retryAt message } }
        }
      }
    }`);
    const coverage = { complete: false, gaps: [gap] };
    const bets = (...nodes: readonly object[]) => ({ totalCount: nodes.length, nodes, coverage });
    const bet = (providerBetId: string, currency = 'THB') => ({
      providerBetId,
      stake: '10.000000',
      currency,
    });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      vips: [
        {
          username: 'ann',
          vipLevel: 3,
          balance: '12.50',
          bets: bets(bet('h1', 'CNY'), bet('v3'), bet('v1')),
        },
        { username: 'zoe', vipLevel: 2, balance: null, bets: bets() },
        { username: 'bob', vipLevel: 1, balance: '0.360000', bets: bets(bet('v2')) },
      ],
    });
    expect(harness.countroom.audited).toHaveLength(1);
    expect(teamsAsked()).toEqual(['crm', 'wallet']);
    // Before and after what is missing was asked for, and not once a player.
    expect(harness.countroom.reads.coverage).toBe(2);
  });

  it('goes from bets to what the CRM, the wallet and another Relay subgraph know of them', async () => {
    const { data, errors } = await ask(`{
      bets(filter: { ${range} }) {
        nodes { providerBetId disputed player { username vipLevel balance } }
        pageInfo { hasNextPage }
        coverage { complete windowsAsked windowsHeld gaps { accountId kind from to reason retryAt message } }
      }
    }`);
    const ann = { username: 'ann', vipLevel: 3, balance: '12.50' };
    const bob = { username: 'bob', vipLevel: 1, balance: '0.360000' };
    expect(errors).toEqual([]);
    expect(data).toEqual({
      bets: {
        nodes: [
          { providerBetId: 'h1', disputed: false, player: ann },
          { providerBetId: 'v3', disputed: false, player: ann },
          { providerBetId: 'v2', disputed: false, player: bob },
          { providerBetId: 'v1', disputed: true, player: ann },
        ],
        pageInfo: { hasNextPage: false },
        coverage: { complete: false, windowsAsked: 12, windowsHeld: 11, gaps: [gap] },
      },
    });
    expect(harness.countroom.audited).toHaveLength(1);
    expect(teamsAsked()).toEqual(['crm', 'support', 'wallet']);
  });

  it('finds a bet by node, and what others know of it', async () => {
    const { data, errors } = await ask(
      `{ node(id: "${betId('v1')}") { id ... on Bet { disputed player { vipLevel } } } }`,
    );
    expect({ data, errors }).toEqual({
      data: { node: { id: betId('v1'), disputed: true, player: { vipLevel: 3 } } },
      errors: [],
    });
  });

  it('reads 500 bets another subgraph refers to with one request and one archive query', async () => {
    const { data, errors } = await ask(
      '{ tickets(first: 500) { nodes { id bet { providerBetId stake settledAt } } pageInfo { hasNextPage endCursor } } }',
    );
    const keysOfBets = ['v1', ...oldBets.map(({ key }) => key)].slice(0, 500);
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      tickets: {
        nodes: keysOfBets.map((providerBetId, index) => ({ id: `t${index}`, bet: { providerBetId } })),
        pageInfo: { hasNextPage: true, endCursor: 't499' },
      },
    });
    expect(harness.countroom.reads).toEqual({
      byKeys: [{ kind: 'BET', keys: 500 }],
      page: 0,
      count: 0,
      coverage: 0,
      usernames: 0,
    });
    expect(harness.countroom.audited).toHaveLength(1);
  });

  it('reads 500 players by id, their names and accounts, with one request and one archive query', async () => {
    const { data, errors } = await ask(
      '{ watched { username vipLevel accounts { account { id provider } providerUsername } } }',
    );
    const account = { id: 'vp-main', provider: 'VERTEXPLAY' };
    expect(errors).toEqual([]);
    expect(data).toEqual({
      watched: oldBets.map(({ player }) => ({
        username: player,
        vipLevel: null,
        accounts: [{ account, providerUsername: player }],
      })),
    });
    const { byKeys, page, usernames } = harness.countroom.reads;
    expect({ byKeys, page, usernames }).toEqual({ byKeys: [], page: 0, usernames: 1 });
    expect(harness.countroom.audited).toHaveLength(1);
    expect(teamsAsked()).toEqual(['crm', 'support']);
  });

  it.each([
    [
      'a range the wrong way round',
      `{ bets(filter: { range: { from: "${iso(NOON)}", to: "${iso(NOON - 1)}" } }) { totalCount } }`,
      `range: expected from to be earlier than to, got from ${iso(NOON)} and to ${iso(NOON - 1)}`,
    ],
    [
      'a page too long, on a player of the CRM',
      `{ vips { username bets(${range}, first: 5000) { totalCount } } }`,
      'first: expected 0 to 1000, got 5000; all rows of a range: GET /export/bets.ndjson, what is new or changed: the query changes',
    ],
    [
      'a scalar that is none, which is refused before anything runs',
      `{ bets(filter: { ${range} }, maxWait: "soon") { totalCount } }`,
      'Duration: expected a length of time such as "2s" or "500ms", got "soon"',
    ],
    [
      'an account that is not there, on a field that may be null',
      '{ betByProviderId(account: "elsewhere", providerBetId: "1") { id } vips { username } }',
      'account: no account "elsewhere"',
    ],
  ])('keeps BAD_USER_INPUT and what it says: %s', async (_what, query, message) => {
    const { errors } = await ask(query);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) {
      expect(error.code).toBe('BAD_USER_INPUT');
      expect(error.message).toContain(message);
    }
  });

  it('keeps the code of a limit', async () => {
    const { data, errors } = await ask(`{
      bets(filter: { ${range} }, first: 1000) { nodes { player { bets(${range}) { totalCount } } } }
    }`);
    expect({ data, errors }).toMatchObject({
      data: { bets: null },
      errors: [{ code: 'QUERY_LIMIT_EXCEEDED' }],
    });
  });

  it('tells a client without a key so, and still answers what is not countroom’s', async () => {
    const { errors } = await ask(`{ vips { username bets(${range}) { totalCount } } }`, {});
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['UNAUTHENTICATED']));
    expect(JSON.stringify(errors)).not.toContain(harness.countroom.url);
    expect(await ask('{ vips { username vipLevel } }', {})).toMatchObject({ errors: [] });
  });

  it('shows each client what its own key may see', async () => {
    const query = `{ bets(filter: { ${range} }) { nodes { providerBetId player { username vipLevel } } coverage { complete } } }`;
    const { data, errors } = await ask(query, bearer(keys.analyst));
    // No accounts but its own, so no gap of another; players are pseudonyms, which no CRM knows.
    const player = { username: expect.stringMatching(/^p_/), vipLevel: null };
    expect(errors).toEqual([]);
    expect(data).toEqual({
      bets: {
        nodes: ['v3', 'v2', 'v1'].map((providerBetId) => ({ providerBetId, player })),
        coverage: { complete: true },
      },
    });
    expect(harness.countroom.audited.map(({ viewer }) => viewer.name)).toEqual(['analyst']);
  });

  it('sends the client’s key and request id to countroom alone', async () => {
    const requestId = `federated-${name}`;
    const query = `{ vips { username bets(${range}) { totalCount } } }`;
    await ask(query, { ...bearer(keys.router), 'x-request-id': requestId });
    expect(harness.countroom.audited).toMatchObject([{ requestId, viewer: { name: 'router' } }]);
    expect(harness.sent).toMatchObject([{ to: 'crm' }]);
    expect(harness.sent[0]?.headers).not.toHaveProperty('authorization');
  });
});
