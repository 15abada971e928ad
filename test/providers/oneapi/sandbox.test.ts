import { describe, expect, it } from 'vitest';
import { provider as oneapi } from '../../../src/providers/oneapi/index.ts';
import { createSandbox } from '../../../src/providers/oneapi/sandbox.ts';
import { signedText, signText } from '../../../src/providers/oneapi/signing.ts';
import type { SandboxSettings } from '../../../src/providers/sandbox.ts';
import { scaleOf, unitsOf } from '../../../src/records/decimal.ts';
import type { Interval } from '../../../src/records/interval.ts';
import type { Bet } from '../../../src/records/record.ts';
import { answerOf, askOf, contextOf, directExchange } from '../direct-exchange.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 0, 21, 7);
const hour: Interval = { from: now - 2 * HOUR, to: now - HOUR };
const limits = oneapi.feeds[0]!.limits;
const traceId = '9eff88b6-41bf-40d1-b593-32c95d4b362c';

function setUp(options: object = {}, settings: SandboxSettings = {}) {
  const sandbox = createSandbox({ clock: () => now, ...settings });
  const credentials = oneapi.credentials.parse(sandbox.account['credentials']);
  const account = { id: 'one-main', currency: null, credentials, options: oneapi.options.parse(options) };
  const connection = oneapi.connect(account, { exchange: directExchange(answerOf(sandbox), () => now) });

  async function readAll(interval: Interval): Promise<Bet[]> {
    const rows: Bet[] = [];
    for (let page = 1; ; page += 1) {
      const read = await connection.readPage('BET', askOf(limits, interval, page));
      expect(read.quarantined).toEqual([]);
      rows.push(...(read.rows as readonly Bet[]));
      if (read.count < (read.pageSize ?? 0)) {
        expect(rows).toHaveLength(read.total ?? 0);
        return rows;
      }
    }
  }

  /** Posts a right list request with some fields and headers changed, signed after the change. */
  function post(
    change: Record<string, unknown>,
    headers: Record<string, string> = {},
    path = '/api/transaction/list',
  ) {
    const fields = { traceId, startTime: hour.from, endTime: hour.to, page: 1, ...change };
    const body = JSON.stringify(fields);
    const timestamp = headers['x-timestamp'] ?? String(now);
    const parameters = JSON.parse(body) as Record<string, string | number>;
    const text = signedText({ path, parameters, body, timestamp }, credentials.apiKey, account.options);
    const reply = sandbox.handle({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        'x-api-key': credentials.apiKey,
        'x-timestamp': timestamp,
        'x-signature': signText(text, Buffer.from(credentials.apiSecret), 'hex'),
        ...headers,
      },
      body,
    });
    return { status: reply.status, ...JSON.parse(reply.body) };
  }
  return { sandbox, connection, readAll, post };
}

describe('the sandbox', () => {
  it.each([
    [{}, 4],
    [{ pageLimit: 7 }, 1],
    [{ pageLimit: 1_000 }, 40.5],
  ])('gives the client its truth, digit for digit (%o, %i rows a minute)', async (options, rowsPerMinute) => {
    const { sandbox, readAll } = setUp(options, { rowsPerMinute });
    const rows = await readAll(hour);
    // A row on the window's end is listed as well, and belongs to the next window.
    expect(rows.map(({ raw }) => raw)).toEqual(sandbox.truth('BET', { from: hour.from, to: hour.to + 1 }));
    expect(rows[0]?.axisAt).toBe(hour.from);
    expect(rows.at(-1)?.axisAt).toBe(hour.to);
    expect(sandbox.calls.every(({ refused }) => refused === null)).toBe(true);
    expect(sandbox.calls[0]).toMatchObject({ operation: '/api/transaction/list', interval: hour, page: 1 });
  });

  it('deals every kind of row: scales, large and tiny amounts, refunds, statuses, currencies', async () => {
    const { readAll } = setUp({ pageLimit: 10_000 }, { rowsPerMinute: 60 });
    const rows = await readAll(hour);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    expect(new Set(rows.map(({ currency }) => currency)).size).toBe(5);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['SETTLED', 'REFUNDED', 'UNKNOWN']));
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['WIN', 'LOSE', 'PUSH']));
    expect(rows.some(({ raw }) => /e-8/.test(raw))).toBe(true);
    expect(rows.some(({ stake }) => scaleOf(stake) === 8 && unitsOf(stake) > 2n ** 53n)).toBe(true);
  });

  it('finds a bet by its id within the range asked', async () => {
    const { connection, sandbox, readAll } = setUp();
    const bet = (await readAll(hour))[17]!;
    const detail = (range: Interval, key = bet.key) =>
      connection.readDetail?.({ ...contextOf(limits), key, range });
    expect(await detail({ from: now - 7 * DAY, to: now })).toEqual(bet);
    expect(await detail({ from: bet.axisAt, to: bet.axisAt })).toEqual(bet);
    expect(await detail({ from: bet.axisAt + 1, to: now })).toBeNull();
    expect(await detail({ from: now - DAY, to: now }, 'f'.repeat(24))).toBeNull();
    expect(sandbox.calls.at(-1)).toMatchObject({ operation: '/api/transaction/detail', refused: null });
  });

  it('answers a right request, ten rows a page where no limit is given', () => {
    const { post, sandbox } = setUp();
    expect(post({})).toMatchObject({ status: 200, code: 200, data: { total: 241 } });
    expect(post({ traceId: traceId.replace('9', '8') }).data.data).toHaveLength(10);
    expect(sandbox.truth('TRANSFER', hour)).toEqual([]);
  });

  it.each([
    ['another key', {}, { 'x-api-key': 'other' }, 100001],
    ['a wrong signature', {}, { 'x-signature': '0'.repeat(32) }, 100002],
    ['another content type', {}, { 'content-type': 'text/plain' }, 100000],
    ['a timestamp in seconds', {}, { 'x-timestamp': '1768978800' }, 100000],
    ['a timestamp long past', {}, { 'x-timestamp': String(now - HOUR) }, 100000],
    ['a trace that is no UUID', { traceId: 'x' }, {}, 100000],
    ['no page', { page: undefined }, {}, 100000],
    ['times as text', { startTime: String(hour.from) }, {}, 100000],
    ['a reversed range', { startTime: hour.to + 1 }, {}, 100000],
    ['a field of no table', { pageSize: 10 }, {}, 100000],
  ])('refuses %s', (_, change, headers, code) => {
    const { post, sandbox } = setUp();
    expect(post(change, headers)).toMatchObject({ status: 200, code });
    expect(sandbox.calls[0]?.refused).toMatch(new RegExp(`^${code} `));
  });

  it('refuses a trace it has seen', () => {
    const { post } = setUp();
    expect(post({})).toMatchObject({ code: 200 });
    expect(post({})).toMatchObject({ code: 100000 });
  });

  it('refuses a detail over more than 7 days', () => {
    const { post, sandbox } = setUp();
    const week = { page: undefined, betId: 'f'.repeat(24), startTime: now - 7 * DAY };
    expect(post({ ...week, endTime: now }, {}, '/api/transaction/detail')).toMatchObject({
      code: 200,
      data: null,
    });
    const other = { ...week, traceId: traceId.replace('9', '8'), endTime: now + 1 };
    expect(post(other, {}, '/api/transaction/detail')).toMatchObject({ code: 100000 });
    expect(sandbox.calls.at(-1)?.refused).toBe('100000 more than 7 days');
  });

  it('refuses calls closer than the interval it was given, which its account then declares', () => {
    const { post, sandbox } = setUp({}, { minIntervalMs: 200 });
    expect(sandbox.account['limits']).toEqual({ BET: { minInterval: '200ms' } });
    expect(post({})).toMatchObject({ code: 200 });
    expect(post({ traceId: traceId.replace('9', '8') })).toMatchObject({ status: 429 });
  });

  it('knows no other path', () => {
    const { sandbox } = setUp();
    expect(sandbox.handle({ method: 'GET', path: '/', headers: {}, body: '' }).status).toBe(404);
    expect(sandbox.calls[0]?.refused).toBe('path');
  });
});
