import { describe, expect, it } from 'vitest';
import { provider as hotroad } from '../../../src/providers/hotroad/index.ts';
import { createSandbox } from '../../../src/providers/hotroad/sandbox.ts';
import { basicAuthorization } from '../../../src/providers/hotroad/signing.ts';
import { formatOffsetTime } from '../../../src/providers/times.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const start = Date.UTC(2026, 10, 21, 12);
const bets = '/api/get_transactions_by_update_time_interval';
const transfers = '/api/get_transfer_operation_log';

function setUp(rowsPerMinute = 4) {
  let now = start;
  const sandbox = createSandbox({ clock: () => now, rowsPerMinute });
  const { agentId, username, password } = hotroad.credentials.parse(sandbox.account['credentials']);
  const ask = (path: string, from: number, to: number, change: object = {}, headers: object = {}) => {
    const startTime = formatOffsetTime(from);
    const body = JSON.stringify({ agentId, startTime, endTime: formatOffsetTime(to), ...change });
    const reply = sandbox.handle({
      method: 'POST',
      path,
      headers: {
        'content-type': 'application/json',
        authorization: basicAuthorization(username, password),
        ...headers,
      },
      body,
    });
    return { status: reply.status, ...(reply.body === '' ? {} : JSON.parse(reply.body)) };
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { sandbox, ask, pass };
}

describe('the HotRoad sandbox', () => {
  it('gives the same rows whatever the windows', () => {
    const { sandbox, ask, pass } = setUp();
    const [from, to] = [start - 30 * MINUTE, start];
    const whole: { txId: string }[] = ask(bets, from, to).data.list;
    const pieces = new Set<string>();
    for (let at = from; at < to; at += 7.5 * MINUTE) {
      pass(3_000);
      for (const { txId } of ask(bets, at, at + 7.5 * MINUTE).data.list) pieces.add(txId);
    }
    expect([...pieces]).toEqual(whole.map(({ txId }) => txId));
    expect(sandbox.truth('BET', { from, to: to + 1 })).toHaveLength(whole.length);
    expect(sandbox.truth('SEQ_NO_FAILURE', { from, to })).toEqual([]);
  });

  it('lists one player’s records where asked, and none of the future', () => {
    const { ask } = setUp();
    const list = ask(transfers, start - 60 * MINUTE, start, { userId: 'hrgpl00007' }).data;
    expect(new Set(list.map(({ userId }: { userId: string }) => userId))).toEqual(new Set(['hrgpl00007']));
    expect(ask(transfers, start + 1, start + MINUTE).data).toEqual([]);
  });

  it('cuts its answer at 20,000 records', () => {
    const { ask } = setUp(1_000);
    expect(ask(bets, start - 30 * MINUTE, start).data.list).toHaveLength(20_000);
  });

  it.each([
    ['more than 30 minutes', start - 30 * MINUTE - 1, start, 'S003'],
    ['a start beyond 40 days', start - 40 * DAY - 1, start - 40 * DAY, 'S004'],
    ['a start after its end', start, start - 1, 'S002'],
  ])('refuses bets of %s', (_name, from, to, code) => {
    const { sandbox, ask } = setUp();
    expect(ask(bets, from, to)).toEqual({ status: 200, code });
    expect(sandbox.calls.at(-1)).toMatchObject({ operation: bets, interval: { from, to } });
    expect(sandbox.calls.at(-1)?.refused).not.toBeNull();
  });

  it('states no span, retention or interval for transfers', () => {
    const { ask } = setUp(0.01);
    for (let call = 0; call < 3; call += 1) {
      expect(ask(transfers, start - 50 * DAY, start).code).toBe('0000');
    }
  });

  it('refuses a second call of bets within three seconds, and takes it at three', () => {
    const { ask, pass } = setUp();
    expect(ask(bets, start - MINUTE, start).code).toBe('0000');
    pass(2_999);
    expect(ask(bets, start - MINUTE, start).code).toBe('S005');
    expect(ask(transfers, start - MINUTE, start).code).toBe('0000');
    pass(1);
    expect(ask(bets, start - MINUTE, start).code).toBe('0000');
  });

  it.each([
    ['another agent', { agentId: 'someone' }, {}, { code: 'S001' }],
    ['a time in UTC', { startTime: '2026-11-21T11:00:00.000Z' }, {}, { code: 'S002' }],
    ['a time of another zone', { startTime: '2026-11-21T11:00:00.000+0000' }, {}, { code: 'S002' }],
    ['no end', { endTime: undefined }, {}, { code: 'S002' }],
    ['another content type', {}, { 'content-type': 'text/plain' }, { code: 'S002' }],
    ['a wrong password', {}, { authorization: basicAuthorization('a', 'b') }, { status: 401 }],
  ])('refuses %s', (_name, change, headers, refusal) => {
    expect(setUp().ask(bets, start - MINUTE, start, change, headers)).toMatchObject(refusal);
  });
});
