import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { provider as hotroad } from '../../../src/providers/hotroad/index.ts';
import { createSandbox } from '../../../src/providers/hotroad/sandbox.ts';
import { basicAuthorization } from '../../../src/providers/hotroad/signing.ts';
import type { RecordKind } from '../../../src/records/record.ts';
import type { HttpRequest, HttpResponse } from '../../../src/upstream/call.ts';
import { fixedTurn } from '../../../src/upstream/turn.ts';
import { answerOf, askOf, directExchange, fixture } from '../direct-exchange.ts';

const MINUTE = 60_000;
const start = Date.UTC(2026, 10, 21, 12);

function limitsOf(kind: RecordKind) {
  return hotroad.feeds.find((feed) => feed.kind === kind)!.limits;
}

function setUp(given: object = {}, reply?: HttpResponse) {
  const clock = () => start;
  const sandbox = createSandbox({ clock });
  const sent: HttpRequest[] = [];
  const exchange = directExchange((request) => {
    sent.push(request);
    return reply ?? answerOf(sandbox)(request);
  }, clock);
  const account = {
    id: 'hrg-main',
    currency: 'CNY',
    credentials: hotroad.credentials.parse(sandbox.account['credentials']),
    options: hotroad.options.parse({ ...(sandbox.account['options'] as object), ...given }),
  };
  const connection = hotroad.connect(account, { exchange });
  const read = (kind: RecordKind, from: number, to: number) =>
    connection.readPage(kind, askOf(limitsOf(kind), { from, to }));
  return { sandbox, sent, account, connection, read };
}

function ok(text: string): HttpResponse {
  return { status: 200, headers: {}, text };
}

describe('reading HotRoad', () => {
  it('brings every bet of the window as the provider has it, its edge included', async () => {
    const { sandbox, read } = setUp();
    const [from, to] = [start - 60 * MINUTE, start - 30 * MINUTE];
    const page = await read('BET', from, to);
    expect(page.rows.map(({ raw }) => raw)).toEqual(sandbox.truth('BET', { from, to: to + 1 }));
    expect(page).toMatchObject({ count: 121, quarantined: [], interval: { from, to }, askedAt: start });
  });

  it('brings every transfer of a span without limit', async () => {
    const { sandbox, read } = setUp();
    const [from, to] = [start - 300 * MINUTE, start - 1];
    const page = await read('TRANSFER', from, to);
    expect(page.rows.map(({ raw }) => raw)).toEqual(sandbox.truth('TRANSFER', { from, to: to + 1 }));
    expect(page.rows.some((row) => 'direction' in row && row.direction === 'WITHDRAWAL')).toBe(true);
  });

  it('asks in Beijing’s time with 28 characters, and signs in with Basic', async () => {
    const { sent, read } = setUp();
    await read('BET', Date.UTC(2026, 10, 21, 11, 30), Date.UTC(2026, 10, 21, 11, 59, 59, 999));
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/get_transactions_by_update_time_interval',
      headers: { authorization: 'Basic SHI1YW5kYm94S2V5MDAwMTpIcjVhbmRib3hLZXkwMDAx' },
    });
    expect(sent[0]?.body).toBe(
      '{"agentId":"sandboxhrg","startTime":"2026-11-21T19:30:00.000+0800","endTime":"2026-11-21T19:59:59.999+0800"}',
    );
    expect(basicAuthorization('testkey', 'testkey')).toBe('Basic dGVzdGtleTp0ZXN0a2V5');
  });

  it('paces each operation by a rule of its own', () => {
    const { connection } = setUp();
    expect(connection.paceOf('BET', limitsOf('BET'))).toMatchObject({
      key: 'hotroad sandboxhrg /api/get_transactions_by_update_time_interval',
      minIntervalMs: 3_000,
    });
    expect(connection.paceOf('TRANSFER', limitsOf('TRANSFER')).key).toBe(
      'hotroad sandboxhrg /api/get_transfer_operation_log',
    );
  });

  it('takes an empty list for empty, and in strict nothing else', async () => {
    const [from, to] = [start - MINUTE, start];
    const bets = setUp({}, ok('{"code":"0000","data":{"list":[]}}'));
    await expect(bets.read('BET', from, to)).resolves.toMatchObject({ rows: [], count: 0 });
    const transfers = setUp({}, ok('{"code":"0000","data":[]}'));
    await expect(transfers.read('TRANSFER', from, to)).resolves.toMatchObject({ rows: [], count: 0 });
    for (const text of ['{"code":"0000"}', '{"code":"0000","data":null}', '{"code":"0000","data":{}}']) {
      const { read } = setUp({ emptyAnswers: 'strict' }, ok(text));
      await expect(read('BET', from, to)).rejects.toMatchObject({ action: 'giveUp' });
      await expect(read('TRANSFER', from, to)).rejects.toMatchObject({ action: 'giveUp' });
    }
  });

  it('reads the samples of the document', async () => {
    const bets = setUp({}, ok(fixture('hotroad/fixtures/bets.json')));
    await expect(bets.read('BET', start - MINUTE, start)).resolves.toMatchObject({
      count: 2,
      quarantined: [],
    });
    const transfers = setUp({}, ok(fixture('hotroad/fixtures/transfers.json')));
    await expect(transfers.read('TRANSFER', start - MINUTE, start)).resolves.toMatchObject({ count: 1 });
  });

  it('gives up on a code nobody named, and obeys the operator on the others', async () => {
    const reply = ok('{"code":"1234"}');
    const read = (given: object) => setUp(given, reply).read('BET', start - MINUTE, start);
    await expect(read({})).rejects.toMatchObject({ action: 'giveUp', upstreamCode: '1234' });
    await expect(read({ statusMessages: { '1234': 'called too early' } })).rejects.toThrow(
      'called too early',
    );
    await expect(read({ statusActions: { '1234': 'SLOW_DOWN' } })).rejects.toMatchObject({
      action: 'slowDown',
    });
  });

  it('stops the account where Basic is refused', async () => {
    const { read } = setUp({}, { status: 401, headers: {}, text: '' });
    await expect(read('BET', start - MINUTE, start)).rejects.toMatchObject({ action: 'stopAccount' });
  });

  it('refuses a span the limits forbid before it is sent, unless lenient', async () => {
    const strict = setUp();
    await expect(strict.read('BET', start - 31 * MINUTE, start)).rejects.toMatchObject({
      upstreamCode: 'LIMIT',
    });
    expect(strict.sent).toEqual([]);
    const lenient = setUp({ limitChecks: 'lenient' });
    await expect(lenient.read('BET', start - 31 * MINUTE, start)).rejects.toMatchObject({
      upstreamCode: 'S003',
    });
    expect(lenient.sent).toHaveLength(1);
  });

  it('cannot be connected without a currency', () => {
    const { account } = setUp();
    const exchange = directExchange(() => ok(''));
    expect(() => hotroad.connect({ ...account, currency: null }, { exchange })).toThrow(UsageError);
  });
});

describe('asking HotRoad for one transfer by its code', () => {
  const row = {
    transactionCode: 'T-1',
    agentId: 'sandboxhrg',
    userId: 'hrgpl00017',
    amount: '-900.0',
    preBalance: '1000.5',
    currentBalance: '100.50',
    createDate: '2026-11-21T20:00:00.000+0800',
  };
  const limits = { ...limitsOf('TRANSFER'), maxAttempts: 5 };
  async function check(reply?: HttpResponse, code = 'T-1') {
    const { connection, sent, sandbox } = setUp({}, reply);
    const ask = { code, limits, turn: fixedTurn('interactive') };
    return { checked: await connection.checkTransfer?.(ask), sent, sandbox };
  }
  const answered = (over: object) => ok(JSON.stringify({ code: '0000', data: { ...row, ...over } }));

  it('sends the agent and the code where the sample of 4.6 does', async () => {
    const { sent } = await check();
    expect(sent).toMatchObject([
      {
        method: 'POST',
        path: '/api/check_transfer_operation',
        body: '{"agentId":"sandboxhrg","transactionCode":"T-1"}',
      },
    ]);
  });

  it('finds what has the code, the agent and balances that add up, to the last digit', async () => {
    const { checked } = await check(answered({}));
    expect(checked).toMatchObject({
      operation: '/api/check_transfer_operation',
      askedAt: start,
      transfer: { key: 'T-1', amount: '-900.0', currency: 'CNY', createdAt: start },
    });
    const { sandbox } = await check();
    const [truth] = sandbox.truth('TRANSFER', { from: start - 30 * MINUTE, to: start });
    const { transactionCode } = JSON.parse(truth!) as typeof row;
    expect((await check(undefined, transactionCode)).checked?.transfer?.key).toBe(transactionCode);
  });

  it('takes anything else for nothing: no error, no proof', async () => {
    const others = [
      answered({ transactionCode: 't-1' }),
      answered({ agentId: 'another' }),
      answered({ agentId: undefined }),
      answered({ currentBalance: '100.51' }),
      answered({ preBalance: null }),
      answered({ amount: '1,000.00' }),
      ok('{"code":"1405"}'),
      ok('{"code":"0000","data":null}'),
      ok('{"code":"0000","data":[]}'),
      ok('{"data":{}}'),
      ok('<html>'),
      { status: 404, headers: {}, text: '' },
      { status: 401, headers: {}, text: '' },
      { status: 500, headers: {}, text: JSON.stringify({ code: '0000', data: row }) },
    ];
    for (const reply of others) {
      const { checked, sent } = await check(reply);
      expect(checked?.transfer ?? null).toBeNull();
      expect(sent).toHaveLength(1);
    }
    expect((await check(undefined, 'unheard-of')).checked?.transfer).toBeNull();
  });
});
