import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import type { Coverage } from '../../../src/records/coverage.ts';
import { decimal } from '../../../src/records/decimal.ts';
import {
  complete,
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  HOUR,
  hiddenPlayers,
  MINUTE,
  NOON,
} from '../../graph/harness.ts';
import { type Harness, type HarnessOptions, openHarness } from './harness.ts';

const playerOf = (_account: string, username: string) => (username === 'bob' ? 'the bob' : username);

let archive: Archive;
let shared: Harness;
const harnesses: Harness[] = [];

/** A harness over the archive all tests share. */
async function harness(options?: HarnessOptions): Promise<Harness> {
  const opened = await openHarness({ playerOf, archive: { ...archive, close: async () => {} }, ...options });
  harnesses.push(opened);
  return opened;
}

beforeAll(async () => {
  archive = await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => NOON });
  for (const commit of [bets, transfers, failures]) await archive.commit(commit);
  shared = await openHarness({ playerOf, archive: { ...archive, close: async () => {} } });
});
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((each) => each.close()));
});
afterAll(async () => {
  await shared.close();
  await archive.close();
});

const day = 'from=2026-11-21&to=2026-11-22';

const bets = createCommit('vp-main', 'BET', [
  createBet('b1', NOON, {
    gameCode: 'say "hi", Ann\nand Bob',
    stake: decimal('12345678901234567890.000000000000000001'),
  }),
  createBet('b2', NOON - HOUR, { gameCode: '=1+1', odds: decimal('-1.50'), netWin: decimal('-5.50') }),
  createBet('b3', NOON - 2 * HOUR, { gameCode: '', currency: 'USD', providerUsername: 'bob' }),
]);

const transfers = createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)]);

const failures = createCommit('ebet-main', 'SEQ_NO_FAILURE', [
  createFailure('s1-ann', NOON),
  createFailure('s2-ann', NOON - MINUTE, { succeeded: true }),
]);

async function csvOf(opened: Harness, query: string) {
  const response = await opened.get(`/export/bets.csv?${query}`);
  const text = await response.text();
  return { response, text, rows: parse(text, { columns: true }) as Record<string, string>[] };
}

describe('exports', () => {
  it('writes CSV of RFC 4180 that an independent reader takes apart into the rows archived', async () => {
    const { response, text, rows } = await csvOf(shared, day);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(text.split('\r\n')[0]).toBe(
      'id,providerBetId,account,provider,player,providerUsername,gameCode,gameType,betType,brand,tableId,roundId,' +
        'roundStartedAt,odds,orderId,transferId,sourceId,currency,stake,validStake,payout,netWin,refund,jackpotWin,' +
        'jackpotContribution,rebate,status,providerStatus,outcome,placedAt,settledAt,updatedAt,archivedAt,' +
        'firstArchivedAt,withdrawnAt',
    );
    expect(rows.map((row) => row['providerBetId'])).toEqual(['b1', 'b2', 'b3']);
    expect(rows[0]).toMatchObject({
      account: 'vp-main',
      provider: 'VERTEXPLAY',
      gameCode: 'say "hi", Ann\nand Bob',
      stake: '12345678901234567890.000000000000000001',
      validStake: '',
      settledAt: '2026-11-21T12:00:00.000Z',
      archivedAt: '2026-11-21T12:00:00.000Z',
    });
    expect(Buffer.from(rows[0]!['id']!, 'base64url').toString()).toBe('["Bet","vp-main","b1"]');
  });

  it('guards formulas in text, and never touches a negative number', async () => {
    const { rows } = await csvOf(shared, `${day}&columns=gameCode,odds,netWin`);
    expect(rows[1]).toEqual({ gameCode: "'=1+1", odds: '-1.50', netWin: '-5.50' });
  });

  it('tells an empty text from none', async () => {
    const { text } = await csvOf(await harness(), `${day}&columns=gameCode,gameType&currencies=USD`);
    expect(text).toBe('gameCode,gameType\r\n"",\r\n');
  });

  it('writes the header of an empty result', async () => {
    const empty = 'from=2026-11-20&to=2026-11-21';
    const { text } = await csvOf(shared, `${empty}&columns=stake,id`);
    expect(text).toBe('stake,id\r\n');
    const ndjson = await shared.get(`/export/bets.ndjson?${empty}`);
    expect(await ndjson.text()).toBe('');
  });

  it('writes NDJSON with decimals as strings and every column present', async () => {
    const response = await shared.get(`/export/bets.ndjson?${day}`);
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    const row = JSON.parse(lines[1]!) as Record<string, unknown>;
    expect(row).toMatchObject({ odds: '-1.50', gameType: null, gameCode: '=1+1', status: 'SETTLED' });
    expect(Object.keys(row)).toHaveLength(35);
  });

  it('writes transfers and failures in their own columns', async () => {
    const transfer = await shared.get(`/export/transfers.ndjson?${day}`);
    expect(JSON.parse(await transfer.text())).toMatchObject({
      transactionCode: 't1',
      amount: '-900.0',
      direction: 'WITHDRAWAL',
    });
    const failure = await shared.get(`/export/failures.ndjson?${day}&succeeded=false&statusCodes=4025,4026`);
    expect(JSON.parse(await failure.text())).toMatchObject({
      seqNo: 's1-ann',
      statusCode: 4025,
      succeeded: false,
    });
  });

  it('takes the graph’s filters', async () => {
    const keys = async (query: string) =>
      (await csvOf(shared, `${day}&${query}`)).rows.map((row) => row['providerBetId']);
    expect(await keys('players=the%20bob')).toEqual(['b3']);
    expect(await keys('currencies=THB,USD&providerBetIds=b2,b3')).toEqual(['b2', 'b3']);
    expect(await keys('currencies=THB&currencies=EUR')).toEqual(['b1', 'b2']);
    expect(await keys('providers=HOTROAD')).toEqual([]);
    expect(await keys('axis=PLACED&outcomes=LOSE&statuses=SETTLED')).toEqual(['b1', 'b2', 'b3']);
  });

  it('gives the provider’s record only when asked for, and only to whom may read it', async () => {
    const [first] = (await csvOf(shared, `${day}&raw=true&columns=raw`)).rows;
    expect(first).toEqual({ raw: '{"betId":"b1"}' });
    const blind = await harness({ viewer: { readsRaw: false } });
    expect((await csvOf(blind, `${day}&raw=true&columns=raw,stake`)).rows[0]!['raw']).toBe('');
  });

  it('gives pseudonyms for players where the viewer may not read them', async () => {
    const opened = await harness({
      viewer: { readsPlayers: false },
      players: hiddenPlayers,
    });
    const { rows, text } = await csvOf(opened, `${day}&players=ann`);
    expect(rows).toEqual([]);
    expect(text).not.toContain('ann');
    const [row] = (await csvOf(opened, `${day}&players=nna`)).rows;
    expect(row).toMatchObject({ player: 'nna', providerUsername: 'nna' });
    const failure = await (await opened.get(`/export/failures.csv?${day}&seqNos=nna-1s`)).text();
    expect(failure).toContain('nna-1s');
    expect(failure).not.toContain('ann');
  });

  it('shows an only player that player’s rows alone', async () => {
    const opened = await harness({ viewer: { onlyPlayer: 'the bob' } });
    expect((await csvOf(opened, day)).rows.map((row) => row['player'])).toEqual(['the bob']);
    expect((await csvOf(opened, `${day}&players=ann`)).rows).toEqual([]);
  });

  it('asks no provider without maxWait, and waits as long as it says', async () => {
    const opened = await harness();
    await csvOf(opened, day);
    await csvOf(opened, `${day}&maxWait=0s`);
    await csvOf(opened, `${day}&maxWait=3s&accounts=vp-main`);
    expect(opened.asks.map((ask) => ask.maxWaitMs)).toEqual([null, 0, 3_000]);
    expect(opened.asks.at(-1)?.feeds.map((feed) => feed.account.id)).toEqual(['vp-main']);
  });

  it('covers the whole time in which bets placed in the range may settle', async () => {
    const opened = await harness();
    await csvOf(opened, `${day}&axis=PLACED&maxWait=0s&accounts=one-main`);
    expect(opened.asks[0]?.range.to).toBe(Date.UTC(2026, 10, 24));
  });

  it('packs the answer with gzip where the client takes it', async () => {
    const packed = await shared.get(`/export/bets.csv?${day}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const plain = await shared.get(`/export/bets.csv?${day}`, {
      headers: { 'accept-encoding': 'identity, gzip;q=0' },
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
  });
});

const gaps: Coverage['gaps'] = [
  {
    account: 'vp-main',
    kind: 'BET',
    from: NOON,
    to: NOON + HOUR,
    reason: 'IN_FUTURE',
    retryAt: NOON + HOUR,
    message: null,
  },
];

describe('completeness', () => {
  it('is told by headers', async () => {
    expect(Object.fromEntries((await shared.get(`/export/bets.csv?${day}`)).headers)).toMatchObject({
      'countroom-complete': 'true',
      'countroom-gaps': '0',
    });
    const torn = await harness({ coverage: { ...complete, complete: false, gaps } });
    const { headers, status } = await torn.get(`/export/bets.csv?${day}`);
    expect([status, headers.get('countroom-complete'), headers.get('countroom-gaps')]).toEqual([
      200,
      'false',
      '1',
    ]);
  });

  it('is refused with the gaps where it is required', async () => {
    const torn = await harness({ coverage: { ...complete, complete: false, gaps } });
    const response = await torn.get(`/export/bets.csv?${day}&complete=required`);
    expect(response.status).toBe(409);
    expect(await response.json()).toEqual({
      error: { code: 'INCOMPLETE', message: 'complete: the range has 1 gap' },
      gaps: [
        {
          accountId: 'vp-main',
          kind: 'BET',
          from: '2026-11-21T12:00:00.000Z',
          to: '2026-11-21T13:00:00.000Z',
          reason: 'IN_FUTURE',
          retryAt: '2026-11-21T13:00:00.000Z',
          message: null,
        },
      ],
    });
    expect((await shared.get(`/export/bets.csv?${day}&complete=required`)).status).toBe(200);
  });
});

describe('bad input', () => {
  const cases: readonly [string, string, string][] = [
    ['', 'from', 'required'],
    ['from=2026-11-21', 'to', 'required'],
    ['from=&to=2026-11-22', 'from', 'expected a date'],
    ['from=2026-02-30&to=2026-11-22', 'from', 'expected a date'],
    ['from=2026-11-21T00:00:00&to=2026-11-22', 'from', 'expected a date'],
    ['from=2026-11-21&to=2026-11-21', 'to', 'after from'],
    ['from=2026-11-22&to=2026-11-21', 'to', 'after from'],
    [`${day}&colums=id`, 'colums', 'allowed: from, to, maxWait'],
    [`${day}&columns=id,stakes`, 'columns', 'allowed: id, providerBetId'],
    [`${day}&columns=raw`, 'columns', 'allowed: id'],
    [`${day}&columns=id,id`, 'columns', 'twice'],
    [`${day}&raw=yes`, 'raw', 'allowed: true, false'],
    [`${day}&statuses=WON`, 'statuses', 'allowed: OPEN, SETTLED'],
    [`${day}&axis=BET`, 'axis', 'allowed: SETTLED, PLACED'],
    [`${day}&providers=vertexplay`, 'providers', 'allowed: EBET, VERTEXPLAY, HOTROAD, ONEAPI'],
    [`${day}&accounts=nobody`, 'accounts', 'allowed: vp-main'],
    [`${day}&accounts=`, 'accounts', 'empty'],
    [`${day}&maxWait=soon`, 'maxWait', '500ms'],
    [`${day}&complete=yes`, 'complete', 'allowed: required'],
    [`${day}&from=2026-11-20`, 'from', 'once'],
  ];
  it.each(cases)('%s is a 400 that names %s', async (query, parameter, words) => {
    const asked = shared.asks.length;
    const response = await shared.get(`/export/bets.csv?${query}`);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as {
      error: { code: string; message: string; parameter: string };
    };
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', parameter });
    expect(error.message).toContain(words);
    expect(shared.asks).toHaveLength(asked);
  });

  it('treats an account that may not be seen as one that does not exist', async () => {
    const bound = await harness({ viewer: { accounts: ['hrg-main'] } });
    const hidden = await bound.get(`/export/bets.csv?${day}&accounts=vp-main`);
    const missing = await bound.get(`/export/bets.csv?${day}&accounts=zz-main`);
    expect([hidden.status, missing.status]).toEqual([400, 400]);
    expect((await hidden.text()).replaceAll('vp-main', 'zz-main')).toBe(await missing.text());
    expect((await csvOf(bound, day)).rows).toEqual([]);
  });

  it('answers an unknown format or kind with 404', async () => {
    expect((await shared.get(`/export/bets.xls?${day}`)).status).toBe(404);
    expect((await shared.get(`/export/players.csv?${day}`)).status).toBe(404);
  });
});
