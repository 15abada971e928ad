import { describe, expect, it } from 'vitest';
import { provider as ebet } from '../../../src/providers/ebet/index.ts';
import { createSandbox } from '../../../src/providers/ebet/sandbox.ts';
import { readPrivateKey, signedText, signText } from '../../../src/providers/ebet/signing.ts';
import type { SandboxSettings } from '../../../src/providers/sandbox.ts';
import type { Interval } from '../../../src/records/interval.ts';
import type { SeqNoFailure } from '../../../src/records/record.ts';
import { answerOf, askOf, directExchange } from '../direct-exchange.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 0, 21, 7);
const hour: Interval = { from: now - 2 * HOUR, to: now - HOUR };
const limits = ebet.feeds[0]!.limits;

function setUp(options: object = {}, settings: SandboxSettings = {}) {
  const sandbox = createSandbox({ clock: () => now, ...settings });
  const credentials = ebet.credentials.parse(sandbox.account['credentials']);
  const account = { id: 'ebet-main', currency: null, credentials, options: ebet.options.parse(options) };
  const connection = ebet.connect(account, { exchange: directExchange(answerOf(sandbox), () => now) });
  const key = readPrivateKey('ebet-main', credentials);

  async function readAll(interval: Interval): Promise<string[]> {
    const rows: string[] = [];
    for (let page = 1; ; page += 1) {
      const { count, pageSize, ...read } = await connection.readPage(
        'SEQ_NO_FAILURE',
        askOf(limits, interval, page),
      );
      expect(read.quarantined).toEqual([]);
      rows.push(...read.rows.map(({ raw }) => raw));
      if (count < (pageSize ?? 0)) return rows;
    }
  }

  /** Posts a right body with some fields changed, signed anew unless the signature is among them. */
  function post(change: Record<string, unknown>, headers: Record<string, string> = {}) {
    const body = {
      channelId: 1,
      timestamp: now,
      startTimeStr: '2026-01-21 13:00:00',
      endTimeStr: '2026-01-21 14:00:00',
      pageSize: 5_000,
      ...change,
    };
    const signed = { channelId: 1, timestamp: Number(body.timestamp), username: textOf(change['username']) };
    const signature = signText(signedText(signed), key, 'md5');
    const reply = sandbox.handle({
      method: 'POST',
      path: '/getseqnorecord',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ signature, ...body }),
    });
    return JSON.parse(reply.body);
  }
  return { sandbox, connection, readAll, post };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

describe('the sandbox', () => {
  it.each([
    [{}, 4],
    [{ pageSize: 37, timeFormat: 'utcIso', timestampUnit: 's' }, 4],
    [{ pageSize: 100 }, 25.5],
  ])('gives the client its truth, digit for digit (%o, %i rows a minute)', async (options, rowsPerMinute) => {
    const { sandbox, readAll } = setUp(options, { rowsPerMinute });
    const rows = await readAll(hour);
    // A row on the window's end is listed as well, and belongs to the next window.
    expect(rows).toEqual(sandbox.truth('SEQ_NO_FAILURE', { from: hour.from, to: hour.to + 1 }));
    expect(rows).toHaveLength(60 * rowsPerMinute + 1);
    expect(sandbox.calls.every(({ refused }) => refused === null)).toBe(true);
    expect(sandbox.calls[0]).toMatchObject({ operation: 'getseqnorecord', interval: hour, page: 1 });
  });

  it('knows every row by a key of its own, answered callbacks and unanswered ones', async () => {
    const { connection } = setUp({}, { rowsPerMinute: 60 });
    const { rows } = await connection.readPage('SEQ_NO_FAILURE', askOf(limits, hour));
    const failures = rows as readonly SeqNoFailure[];
    expect(new Set(failures.map(({ key }) => key)).size).toBe(failures.length);
    expect(new Set(failures.map(({ seqNo }) => seqNo)).size).toBeLessThan(failures.length);
    expect(failures.some(({ succeeded }) => succeeded)).toBe(true);
    expect(failures.some(({ respondedAt }) => respondedAt === null)).toBe(true);
    expect(failures.some(({ statusMeaning }) => statusMeaning === null)).toBe(true);
    expect(failures.some(({ requestedAt }) => requestedAt % 1_000 !== 0)).toBe(true);
  });

  it('answers a right request with 200', () => {
    const { post, sandbox } = setUp();
    expect(post({})).toMatchObject({ status: 200, count: 241, remainingVisit: 499 });
    expect(post({ pageSize: undefined }).seqNoHistorys).toHaveLength(10);
    expect(post({ username: 'APITEST001' }).seqNoHistorys[0].username).toBe('apitest001');
    expect(
      post({ withNo200: true }).seqNoHistorys.every((row: { status: number }) => row.status === 200),
    ).toBe(true);
    expect(sandbox.truth('BET', hour)).toEqual([]);
  });

  it.each([
    ['another channel', { channelId: 2 }, 202],
    ['a wrong signature', { signature: 'AAAA' }, 4026],
    ['no signature', { signature: undefined }, 4025],
    ['a field of the wrong type', { channelId: '1' }, 4030],
    ['no timestamp', { timestamp: undefined }, 4025],
    ['a timestamp that is long past', { timestamp: now - HOUR }, 4025],
    ['a time in no documented form', { startTimeStr: '2026-01-21T13:00:00.000Z' }, 4025],
    ['a reversed range', { startTimeStr: '2026-01-21 15:00:00' }, 4025],
    ['a page below 1', { pageNum: 0 }, 4025],
    ['a page above 5,000', { pageSize: 5_001 }, 4025],
    ['a field of no table', { startTime: 'x' }, 4025],
  ])('refuses %s', (_, change, status) => {
    const { post, sandbox } = setUp();
    expect(post(change)).toMatchObject({ status });
    expect(sandbox.calls[0]?.refused).toMatch(new RegExp(`^${status} `));
  });

  it('refuses another content type, and knows no other path', () => {
    const { post, sandbox } = setUp();
    expect(post({}, { 'content-type': 'text/plain' })).toMatchObject({ status: 4030 });
    expect(sandbox.handle({ method: 'GET', path: '/', headers: {}, body: '' }).status).toBe(404);
  });

  it('refuses the 501st call of a minute, and lets the next minute’s through', () => {
    let at = now;
    const { post, sandbox } = setUp({}, { clock: () => at, rowsPerMinute: 0 });
    for (let call = 0; call < 500; call += 1) post({});
    expect(post({})).toMatchObject({ status: 4202 });
    at += 60_000;
    expect(post({ timestamp: at })).toMatchObject({ status: 200 });
    expect(sandbox.calls).toHaveLength(502);
  });

  it('refuses calls closer than the interval it was given, which its account then declares', () => {
    const { post, sandbox } = setUp({}, { minIntervalMs: 200 });
    expect(sandbox.account['limits']).toEqual({ SEQ_NO_FAILURE: { minInterval: '200ms' } });
    expect(post({})).toMatchObject({ status: 200 });
    expect(post({})).toMatchObject({ status: 4038 });
  });
});
