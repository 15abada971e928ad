import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../../../src/errors.ts';
import { provider as ebet } from '../../../src/providers/ebet/index.ts';
import type { Interval } from '../../../src/records/interval.ts';
import type { HttpRequest } from '../../../src/upstream/call.ts';
import { askOf, directExchange, fixture } from '../direct-exchange.ts';

const now = Date.UTC(2026, 0, 21, 7, 0, 0, 123);
const interval: Interval = { from: Date.UTC(2026, 0, 21, 5), to: Date.UTC(2026, 0, 21, 6) };
const [feed] = ebet.feeds;
const limits = feed!.limits;
const privateKey = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

function client(options: object, answer: (request: HttpRequest) => string | number, clock = () => now) {
  const sent: HttpRequest[] = [];
  const exchange = directExchange((request) => {
    sent.push(request);
    const given = answer(request);
    return typeof given === 'number'
      ? { status: given, headers: {}, text: '' }
      : { status: 200, headers: {}, text: given };
  }, clock);
  const account = {
    id: 'ebet-main',
    currency: null,
    credentials: ebet.credentials.parse({ channelId: '1', privateKey }),
    options: ebet.options.parse(options),
  };
  const connection = ebet.connect(account, { exchange });
  const read = (at = interval) => connection.readPage('SEQ_NO_FAILURE', askOf(limits, at, 2));
  return { sent, connection, read, body: () => JSON.parse(sent.at(-1)?.body ?? '') };
}

const sample = () => fixture('ebet/fixtures/answer.json');
const failed = (work: Promise<unknown>): Promise<UpstreamError> =>
  work.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: unknown) => (error instanceof UpstreamError ? error : Promise.reject(error)),
  );

describe('the request', () => {
  it('spells times in Beijing’s whole seconds and leaves withNo200 and username out', async () => {
    const { read, sent, body } = client({}, sample);
    await read();
    expect(sent[0]).toMatchObject({
      method: 'POST',
      path: '/getseqnorecord',
      headers: { 'content-type': 'application/json' },
    });
    expect(body()).toEqual({
      channelId: 1,
      timestamp: now,
      signature: expect.stringMatching(/^[A-Za-z0-9+/]{171}=$/),
      startTimeStr: '2026-01-21 13:00:00',
      endTimeStr: '2026-01-21 14:00:00',
      pageNum: 2,
      pageSize: 5_000,
    });
  });

  it('is as the options say', async () => {
    const { read, sent, body } = client(
      {
        path: '/api/getseqnorecord',
        timestampUnit: 'S',
        withNo200: false,
        timeFormat: 'UTC_ISO',
        hash: 'SHA256',
        pageSize: '100',
        subChannelId: 7,
      },
      sample,
    );
    await read();
    expect(sent[0]?.path).toBe('/api/getseqnorecord');
    expect(body()).toMatchObject({
      timestamp: Math.floor(now / 1_000),
      startTimeStr: '2026-01-21T05:00:00Z',
      endTimeStr: '2026-01-21T06:00:00Z',
      pageSize: 100,
      subChannelId: 7,
      withNo200: false,
    });
  });

  it('says what it really asked: whole seconds', async () => {
    const { read } = client({}, sample);
    const page = await read({ from: interval.from, to: interval.to + 999 });
    expect(page).toMatchObject({ interval, askedAt: now, count: 1, total: 1, pageSize: 5_000 });
  });

  it('shares its pace with every account of the channel', () => {
    const { connection } = client({}, sample);
    expect(connection.paceOf('SEQ_NO_FAILURE', limits)).toEqual({
      key: 'ebet 1 getseqnorecord',
      minIntervalMs: 0,
      quota: { calls: 500, perMs: 60_000 },
    });
  });
});

describe('the answer', () => {
  it('is an error when its status is one, also within HTTP 200', async () => {
    const error = await failed(client({}, () => fixture('ebet/fixtures/error.json')).read());
    expect(error).toMatchObject({ action: 'stopAccount', upstreamCode: '4026' });
    expect(error.message).toMatch(
      /^ebet-main: getseqnorecord expected success, got code 4026 \(wrong signature\): check/,
    );
  });

  it.each([
    ['{"status":4202}', 'slowDown', 60_000],
    ['{"status":4038}', 'slowDown', null],
    ['{"status":4003}', 'retry', null],
    ['{"status":4025}', 'refuseInput', null],
    ['{"status":"4027"}', 'stopAccount', null],
    ['{"status":8888}', 'giveUp', null],
    ['{"apiVersion":"1"}', 'giveUp', null],
    ['{"status":200,"count":3}', 'giveUp', null],
    ['<html></html>', 'retry', null],
  ])('%s means %s', async (body, action, retryAfterMs) => {
    expect(await failed(client({}, () => body).read())).toMatchObject({ action, retryAfterMs });
  });

  it('never leaves the list out, whatever it counts; null is a list of none where none are counted', async () => {
    const read = (text: string) =>
      client({}, () => text).connection.readPage('SEQ_NO_FAILURE', askOf(limits, interval, 1));
    for (const text of ['{"status":200,"count":0}', '{"status":200,"count":3,"seqNoHistorys":null}']) {
      expect(await failed(read(text))).toMatchObject({ action: 'giveUp' });
    }
    const page = await read('{"status":200,"count":0,"seqNoHistorys":null}');
    expect(page).toMatchObject({ rows: [], count: 0, total: 0 });
  });

  it('counts rows it had to set aside', async () => {
    const body = sample().replace('"a698facaf47c80b784e116524c20bbf1"', 'null');
    const page = await client({}, () => body).read();
    expect(page).toMatchObject({ rows: [], count: 1, total: 1 });
    expect(page.quarantined).toHaveLength(1);
  });
});

describe('remainingVisit', () => {
  it.each(['remainingVisit', 'remainingVisits'])(
    'of 0 under the name %s holds the next call back for a minute',
    async (name) => {
      let at = now;
      const body = sample().replace('"remainingVisit": 200', `"${name}": 0`);
      const { read, sent } = client(
        {},
        () => body,
        () => at,
      );
      await read();
      at += 20_000;
      expect(await failed(read())).toMatchObject({ action: 'slowDown', retryAfterMs: 40_000 });
      expect(sent).toHaveLength(1);
      at += 40_000;
      await read();
      expect(sent).toHaveLength(2);
    },
  );
});

describe('credentials', () => {
  it('name every fault at once, the key’s too', () => {
    const faults = (given: unknown) =>
      ebet.credentials.safeParse(given).error?.issues.map(({ path, message }) => `${path}: ${message}`);
    expect(faults({ channelId: 'x', privateKey: 'no key' })).toEqual([
      expect.stringMatching(/^channelId: /),
      expect.stringMatching(/^privateKey: expected an RSA private key .*, got 3 bytes/),
    ]);
    expect(faults({ channelId: 'x' })).toEqual([
      expect.stringMatching(/^channelId: /),
      'privateKey: expected one of privateKey and privateKeyFile',
    ]);
    expect(faults({ channelId: 1, privateKeyFile: '/nowhere/key.pem' })).toEqual([
      expect.stringMatching(/^privateKeyFile: expected a file that can be read, got ENOENT/),
    ]);
  });

  it('need one key, given one way', () => {
    for (const wrong of [
      { channelId: 1 },
      { channelId: 1, privateKey, privateKeyFile: 'key.pem' },
      { channelId: 'x', privateKey },
      { channelId: 1, privateKey, apiKey: 'x' },
    ]) {
      expect(ebet.credentials.safeParse(wrong).success).toBe(false);
    }
  });
});
