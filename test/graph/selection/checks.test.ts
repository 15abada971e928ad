import { describe, expect, it } from 'vitest';
import { encodeId } from '../../../src/graph/rows/ids.ts';
import { createUntouchedArchive, run } from '../harness.ts';

const archive = createUntouchedArchive();
const RANGE = 'range: { from: "2026-11-21T10:00:00Z", to: "2026-11-21T11:00:00Z" }';

async function refusal(source: string, variables?: Record<string, unknown>) {
  const answer = await run({ archive, viewer: { accounts: ['vp-main', 'hrg-main'] } }, source, variables);
  expect(answer.asks).toEqual([]);
  expect(answer.unknown).toEqual([]);
  expect(answer.errors).toHaveLength(1);
  return answer.errors[0];
}

const bets = (filter: string, args = '') => `{ bets(filter: { ${filter} } ${args}) { nodes { id } } }`;

describe('wrong input is refused before anything is called, naming the field', () => {
  it.each([
    [
      'a reversed range',
      bets('range: { from: "2026-11-02", to: "2026-11-01" }'),
      'range: expected from to be earlier than to, got from 2026-11-02T00:00:00.000Z and to 2026-11-01T00:00:00.000Z',
    ],
    [
      'an empty range',
      bets('range: { from: "2026-11-01", to: "2026-11-01" }'),
      /^range: expected from to be earlier/,
    ],
    [
      'first over 1,000, with what answers more',
      bets(RANGE, 'first: 1001'),
      /^first: expected 0 to 1000, got 1001; all rows of a range: GET \/export\/bets\.ndjson, .*changes$/,
    ],
    ['a negative last', bets(RANGE, 'last: -1'), 'last: expected 0 to 1000, got -1'],
    [
      'both ends',
      bets(RANGE, 'first: 1, last: 2'),
      'first, last: expected one of them, got first 1 and last 2',
    ],
    ['an unknown account', bets(`${RANGE} accounts: ["x"]`), 'accounts: no account "x"'],
    [
      'an account the key may not see, as one that does not exist',
      bets(`${RANGE} accounts: ["one-main"]`),
      'accounts: no account "one-main"',
    ],
    [
      'a provider without an account',
      bets(`${RANGE} providers: [EBET]`),
      'providers: no account of provider EBET',
    ],
    ['an empty text', bets(`${RANGE} players: [""]`), 'players: expected a text, got ""'],
    [
      'an empty list',
      bets(`${RANGE} games: []`),
      /^games: expected at least one value .* got an empty list$/,
    ],
    [
      'a broken cursor',
      bets(RANGE, 'after: "nonsense"'),
      'after: expected a cursor of this list, got "nonsense"',
    ],
    ['a wait without end', bets(RANGE, 'maxWait: "40d"'), /^maxWait: expected at most "1d"/],
    ['an empty player name', '{ player(username: "") { id } }', 'username: expected a text, got ""'],
    ['a malformed id', '{ node(id: "x") { id } }', 'id: expected an id this graph gave out, got "x"'],
    [
      'one malformed id of many',
      '{ nodes(ids: ["x"]) { id } }',
      'ids[0]: expected an id this graph gave out, got "x"',
    ],
    [
      'an id of another type',
      `{ bet(id: "${encodeId('Transfer', 'hrg-main', 't')}") { id } }`,
      'id: expected the id of a Bet, got that of a Transfer',
    ],
    [
      'an unknown account of a bet',
      '{ betByProviderId(account: "one-main", providerBetId: "1") { id } }',
      'account: no account "one-main"',
    ],
    [
      'an account without transfers',
      '{ transferStatus(account: "vp-main", transactionCode: "t", sentAt: "2026-11-01") { state } }',
      'account: expected an account whose provider lists transfers, got "vp-main"',
    ],
    [
      'an unknown account of coverage',
      '{ coverage(range: { from: "2026-11-01", to: "2026-11-02" }, accounts: ["nobody"]) { rows } }',
      'accounts: no account "nobody"',
    ],
    [
      'an unknown zone',
      `{ betTotals(filter: { ${RANGE} }, groupBy: [], timeZone: "Mars/Base") { rows { betCount } } }`,
      'timeZone: expected an IANA time zone such as "Asia/Manila", got "Mars/Base"',
    ],
    [
      'two kinds of period',
      `{ betTotals(filter: { ${RANGE} }, groupBy: [DAY, CURRENCY, MONTH]) { rows { betCount } } }`,
      'groupBy: expected at most one of HOUR, DAY, WEEK and MONTH, got DAY, MONTH',
    ],
    [
      'a wrong start of day',
      `{ betTotals(filter: { ${RANGE} }, groupBy: [DAY], dayStartsAt: "6am") { rows { betCount } } }`,
      'dayStartsAt: expected a time of day such as "06:00", got "6am"',
    ],
  ])('%s', async (_what, source, message) => {
    const refused = await refusal(source);
    expect(refused?.code).toBe('BAD_USER_INPUT');
    if (typeof message === 'string') expect(refused?.message).toBe(message);
    else expect(refused?.message).toMatch(message);
  });

  it.each([
    ['a cursor of another kind', { kind: 'TRANSFER', axis: 'SETTLED' }],
    ['a cursor of another axis', { kind: 'BET', axis: 'PLACED' }],
  ])('%s', async (_what, { kind, axis }) => {
    const cursor = Buffer.from(JSON.stringify([kind, axis, 1, 'vp-main', 'k'])).toString('base64url');
    expect(await refusal(bets(RANGE, `before: "${cursor}"`))).toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it.each(['2026-11-01T00:00:00', '2026-02-30', 'yesterday', '2026-13-01T00:00:00Z', '1700000000000'])(
    'the time %s, sent as a literal or a variable',
    async (time) => {
      const query =
        'query ($to: DateTime!) { bets(filter: { range: { from: "2026-11-01", to: $to } }) { totalCount } }';
      const words = /DateTime: expected an ISO 8601 time with its zone .* got/;
      for (const refused of [
        await refusal(query, { to: time }),
        await refusal(bets(`range: { from: "2026-11-01", to: "${time}" }`)),
      ]) {
        expect(refused?.code).toBe('BAD_USER_INPUT');
        expect(refused?.message).toMatch(words);
      }
    },
  );

  it.each(['2', '-2s', '2.5s', '2 s', ''])('the duration "%s"', async (maxWait) => {
    expect(await refusal(bets(RANGE, `maxWait: "${maxWait}"`))).toEqual({
      code: 'BAD_USER_INPUT',
      message: `Duration: expected a length of time such as "2s" or "500ms", got "${maxWait}"`,
    });
  });
});
