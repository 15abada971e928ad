import { describe, expect, it } from 'vitest';
import { UpstreamError, UsageError } from '../../../src/errors.ts';
import { provider as oneapi } from '../../../src/providers/oneapi/index.ts';
import { secretKey, signText } from '../../../src/providers/oneapi/signing.ts';
import type { Interval } from '../../../src/records/interval.ts';
import type { HttpRequest } from '../../../src/upstream/call.ts';
import { askOf, contextOf, directExchange, fixture } from '../direct-exchange.ts';

const DAY = 86_400_000;
const now = Date.UTC(2026, 0, 21, 7, 0, 0, 123);
const interval: Interval = { from: now - 7_200_000, to: now - 3_600_000 };
const limits = oneapi.feeds[0]!.limits;
const credentials = { apiKey: 'the-api-key', apiSecret: 'the-api-secret' };
const betId = '66ed36de40677ad3a7303624';

function client(options: object, text: string, status = 200) {
  const sent: HttpRequest[] = [];
  const exchange = directExchange(
    (request) => {
      sent.push(request);
      return { status, headers: {}, text };
    },
    () => now,
  );
  const account = { id: 'one-main', currency: null, credentials, options: oneapi.options.parse(options) };
  const connection = oneapi.connect(account, { exchange });
  return {
    sent,
    connection,
    read: (page = 1) => connection.readPage('BET', askOf(limits, interval, page)),
    detail: (range = interval) => connection.readDetail?.({ ...contextOf(limits), key: betId, range }),
    body: () => JSON.parse(sent.at(-1)?.body ?? ''),
  };
}

const failed = (work: Promise<unknown> | undefined): Promise<UpstreamError> =>
  Promise.resolve(work).then(
    () => Promise.reject(new Error('expected a failure')),
    (error: unknown) => (error instanceof UpstreamError ? error : Promise.reject(error)),
  );

describe('the list request', () => {
  it('carries key, time and a signature over its sorted fields', async () => {
    const { read, sent, body } = client({}, fixture('oneapi/fixtures/list.json'));
    await read(3);
    const { traceId, ...fields } = body();
    expect(fields).toEqual({ startTime: interval.from, endTime: interval.to, page: 3, limit: 100 });
    expect(traceId).toMatch(/^[0-9a-f-]{36}$/);
    const signed = `/api/transaction/list/appId=the-api-key&endTime=${interval.to}&limit=100&page=3&startTime=${interval.from}&timestamp=${now}&traceId=${traceId}`;
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/transaction/list',
      headers: {
        'content-type': 'application/json',
        'x-api-key': 'the-api-key',
        'x-timestamp': String(now),
        'x-signature': signText(signed, Buffer.from('the-api-secret'), 'hex'),
      },
    });
  });

  it('has a trace of its own each time', async () => {
    const { read, sent } = client({}, fixture('oneapi/fixtures/list.json'));
    await read();
    await read();
    expect(new Set(sent.map(({ body }) => JSON.parse(body).traceId)).size).toBe(2);
  });

  it('is as the options say', async () => {
    const { read, sent, body } = client(
      {
        listPath: '/v1/list',
        timestampUnit: 's',
        pageLimit: 25,
        firstPage: 0,
        startTimeField: 'fromTime',
        endTimeField: 'toTime',
        pageField: 'pageNo',
        limitField: 'pageSize',
        signatureSource: 'RAW_BODY',
        md5Input: 'RAW',
      },
      fixture('oneapi/fixtures/list.json'),
    );
    await read();
    expect(body()).toMatchObject({ fromTime: interval.from, toTime: interval.to, pageNo: 0, pageSize: 25 });
    expect(sent[0]?.path).toBe('/v1/list');
    expect(sent[0]?.headers).toMatchObject({
      'x-timestamp': String(Math.floor(now / 1_000)),
      'x-signature': signText(sent[0]?.body ?? '', Buffer.from('the-api-secret'), 'raw'),
    });
  });

  it('shares its pace with every account of the key, which the pace does not show', () => {
    const { connection } = client({}, '');
    const rule = connection.paceOf('BET', limits);
    expect(rule.key).toMatch(/^oneapi [0-9a-f]{12} \/api\/transaction\/list$/);
    expect(rule).toMatchObject({ minIntervalMs: 200, quota: null });
    expect(client({}, '').connection.paceOf('BET', limits)).toEqual(rule);
  });
});

describe('the list answer', () => {
  it.each(['list.json', 'list-newer.json'])('is read from the envelope of %s', async (name) => {
    const page = await client({}, fixture(`oneapi/fixtures/${name}`)).read();
    expect(page).toMatchObject({
      interval,
      askedAt: now,
      count: 1,
      total: 1,
      pageSize: 100,
      quarantined: [],
    });
    expect(page.rows).toMatchObject([{ key: betId, stake: '10' }]);
  });

  it.each([
    ['{"traceId":"x","code":100002,"message":"signature error"}', 'stopAccount', '100002'],
    ['{"traceId":"x","status":"SIGN_ERROR","message":"…"}', 'stopAccount', 'SIGN_ERROR'],
    ['{"traceId":"x","status":"SYSTEM_ERROR"}', 'retry', 'SYSTEM_ERROR'],
    ['{"code":100000}', 'refuseInput', '100000'],
    ['{"code":424242}', 'giveUp', '424242'],
    ['{"error":"Invalid request"}', 'refuseInput', 'Invalid request'],
    ['{"error":"Something else"}', 'giveUp', 'Something else'],
    ['{"message":"Success"}', 'giveUp', 'UNEXPECTED_SHAPE'],
    ['{"code":200}', 'giveUp', 'UNEXPECTED_SHAPE'],
    ['{"code":200,"data":{"total":1,"data":null}}', 'giveUp', 'UNEXPECTED_SHAPE'],
    ['<html>', 'retry', 'NOT_JSON'],
  ])('%s within HTTP 200 means %s', async (body, action, upstreamCode) => {
    expect(await failed(client({}, body).read())).toMatchObject({ action, upstreamCode });
  });

  it.each([
    [400, '{"error":"Invalid request"}', 'refuseInput', 'Invalid request'],
    [400, '{"error":"Whatever"}', 'refuseInput', 'HTTP 400'],
    [401, '{"traceId":"x","status":"SIGN_ERROR"}', 'stopAccount', 'SIGN_ERROR'],
    [401, '', 'stopAccount', 'HTTP 401'],
    [500, '{"status":"OK"}', 'retry', 'HTTP 500'],
  ])('HTTP %i with %s means %s', async (status, body, action, upstreamCode) => {
    expect(await failed(client({}, body, status).read())).toMatchObject({ action, upstreamCode });
  });

  it('may be without rows', async () => {
    for (const data of ['{"total":0,"data":[]}', '{"total":0,"data":null}']) {
      const page = await client({}, `{"code":200,"data":${data}}`).read();
      expect(page).toMatchObject({ rows: [], count: 0, total: 0 });
    }
  });

  it('counts rows it had to set aside', async () => {
    const page = await client(
      {},
      fixture('oneapi/fixtures/list.json').replace('"bet": 10', '"bet": ""'),
    ).read();
    expect(page).toMatchObject({ rows: [], count: 1, total: 1 });
    expect(page.quarantined[0]?.reason).toBe('bet: not a decimal number: ""');
  });

  it('never shows key or secret in a message', async () => {
    const body = `{"code":100002,"message":"the-api-key the-api-secret"}`;
    expect((await failed(client({}, body).read())).message).not.toMatch(/the-api/);
  });
});

describe('the detail operation', () => {
  it('asks for one bet in a range', async () => {
    const { detail, sent, body } = client({}, fixture('oneapi/fixtures/detail.json'));
    expect(await detail()).toMatchObject({ key: betId, netWin: '-10' });
    expect(sent[0]?.path).toBe('/api/transaction/detail');
    expect(body()).toMatchObject({ betId, startTime: interval.from, endTime: interval.to });
  });

  it('never asks for more than 7 days', async () => {
    const { detail, sent } = client({}, fixture('oneapi/fixtures/detail.json'));
    await detail({ from: now - 7 * DAY, to: now });
    expect(await failed(detail({ from: now - 7 * DAY, to: now + 1 }))).toMatchObject({
      action: 'refuseInput',
      upstreamCode: 'LIMIT',
    });
    expect(sent).toHaveLength(1);
  });

  it.each(['{"code":200}', '{"code":200,"data":null}', '{"status":"OK","data":{}}'])(
    'knows no bet where %s comes',
    async (body) => {
      expect(await client({}, body).detail()).toBeNull();
    },
  );

  it('takes no other bet for the one it asked for, and none it cannot read', async () => {
    const other = fixture('oneapi/fixtures/detail.json').replace(betId, 'f'.repeat(24));
    expect(await failed(client({}, other).detail())).toMatchObject({ action: 'giveUp' });
    const broken = fixture('oneapi/fixtures/detail.json').replace('"win": 0', '"win": "x"');
    expect((await failed(client({}, broken).detail())).message).toContain('data.win: not a decimal number');
  });
});

describe('credentials', () => {
  it('are checked when the account is connected', () => {
    const options = oneapi.options.parse({ secretEncoding: 'hex' });
    expect(() => secretKey('one-main', credentials, options)).toThrow(UsageError);
    expect(oneapi.credentials.safeParse({ apiKey: ' ', apiSecret: 'x' }).success).toBe(false);
    expect(oneapi.credentials.safeParse({ ...credentials, secret: 'x' }).success).toBe(false);
  });
});
