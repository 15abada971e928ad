import { describe, expect, it } from 'vitest';
import { codes } from '../../../src/providers/ebet/codes.ts';
import { toSeqNoFailure } from '../../../src/providers/ebet/mapping.ts';
import { envelope, row } from '../../../src/providers/ebet/wire.ts';
import { readRows } from '../../../src/providers/rows.ts';
import { parseBody } from '../../../src/providers/wire.ts';
import { fixture } from '../direct-exchange.ts';

function read(text: string) {
  const body = envelope.parse(parseBody('test', text));
  return readRows((body.seqNoHistorys ?? []) as unknown[], row, toSeqNoFailure);
}

describe('toSeqNoFailure', () => {
  it('reads the document’s sample', () => {
    const at = Date.UTC(2020, 0, 1);
    expect(read(fixture('ebet/fixtures/answer.json'))).toEqual({
      quarantined: [],
      unknownFields: [],
      rows: [
        {
          key: '["a698facaf47c80b784e116524c20bbf1","increaseCredit","2020-01-01T00:00:00.000Z"]',
          formerKey: null,
          providerUsername: 'apitest01',
          axisAt: at,
          versionAt: at + 10_000,
          raw: '{"seqNo":"a698facaf47c80b784e116524c20bbf1","username":"apitest01","event":"increaseCredit","startRequestTime":"2020-01-01T00:00:00Z","endResponseTime":"2020-01-01T00:00:10Z","status":4025}',
          seqNo: 'a698facaf47c80b784e116524c20bbf1',
          event: 'increaseCredit',
          statusCode: 4025,
          statusMeaning: 'wrong parameters',
          succeeded: false,
          requestedAt: at,
          respondedAt: at + 10_000,
        },
      ],
    });
  });

  it('reads the newer revision: milliseconds, other order, a seqNo of parts, an answered callback', () => {
    const [record] = read(fixture('ebet/fixtures/answer-newer.json')).rows;
    expect(record).toMatchObject({
      key: '["94906311|bet|1686811358331|wayigame","increaseCredit","2023-06-06T22:43:15.682Z"]',
      requestedAt: Date.UTC(2023, 5, 6, 22, 43, 15, 682),
      statusCode: 200,
      succeeded: true,
    });
    expect(record?.raw.startsWith('{"event":"increaseCredit","seqNo":')).toBe(true);
  });

  const sample = {
    seqNo: 's',
    username: 'ApiTest01',
    event: 'increaseCredit',
    startRequestTime: '2020-01-01T00:00:00Z',
    endResponseTime: null,
    status: 200,
  };
  const one = (change: object) =>
    read(`{"status":200,"seqNoHistorys":[${JSON.stringify({ ...sample, ...change })}]}`);

  it('knows a callback by one key, whether its time comes with milliseconds or not', () => {
    const [record] = one({}).rows;
    expect(one({ startRequestTime: '2020-01-01T00:00:00.000Z' }).rows[0]?.key).toBe(record?.key);
  });

  it('tells resent callbacks apart, and parts that join to the same text', () => {
    const keys = [
      one({}),
      one({ startRequestTime: '2020-01-01T00:00:05Z' }),
      one({ event: 'syncCredit' }),
      one({ event: null }),
      one({ seqNo: 's","increaseCredit' }),
    ].map(({ rows }) => rows[0]?.key);
    expect(new Set(keys).size).toBe(5);
  });

  it('folds usernames to lower case, as eBET does', () => {
    expect(one({}).rows[0]?.providerUsername).toBe('apitest01');
  });

  it.each([
    [200, true],
    [201, true],
    [0, false],
    [-1, false],
    [500, false],
  ])('calls a callback answered with %i succeeded: %s', (status, succeeded) => {
    expect(one({ status }).rows[0]).toMatchObject({ statusCode: status, succeeded });
  });

  it('keeps a status and an event nobody knows', () => {
    expect(one({ status: 7777, event: 'brandNew' }).rows[0]).toMatchObject({
      statusCode: 7777,
      statusMeaning: null,
      event: 'brandNew',
    });
  });

  it.each([
    [{ seqNo: '' }, 'seqNo: expected text, got ""'],
    [{ seqNo: null }, 'seqNo: expected text, got null'],
    [{ seqNo: undefined }, 'seqNo: expected text, got nothing'],
    [{ username: undefined }, 'username: expected text, got nothing'],
    [
      { startRequestTime: '0001-01-01T00:00:00Z' },
      'startRequestTime: expected a time from 2000 to 2099, got "0001-01-01T00:00:00Z"',
    ],
    [{ endResponseTime: 5 }, 'endResponseTime: expected a time from 2000 to 2099, got 5'],
    [{ status: 'ok' }, 'status: expected a whole number, got "ok"'],
    [{ status: 2 ** 31 }, 'status: expected a status code, got a larger number'],
  ])('sets %o aside', (change, reason) => {
    const { rows, quarantined } = one(change);
    expect(rows).toEqual([]);
    expect(quarantined).toEqual([{ reason, raw: JSON.stringify({ ...sample, ...change }) }]);
  });
});

describe('codes', () => {
  it('has every code of the document, and its action', () => {
    const by = (action: string) =>
      Object.keys(codes)
        .filter((code) => codes[code]?.action === action)
        .map(Number)
        .sort((a, b) => a - b);
    expect(by('retry')).toEqual([500, 505, 4003]);
    expect(by('slowDown')).toEqual([4038, 4202]);
    expect(by('stopAccount')).toEqual([202, 401, 410, 4026, 4027]);
    expect(by('refuseInput')).toEqual([4025, 4029, 4030, 4037, 5003, 5010]);
    expect(Object.keys(codes)).toHaveLength(35);
  });
});
