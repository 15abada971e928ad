import { describe, expect, it } from 'vitest';
import { UpstreamError } from '../../../src/errors.ts';
import { codes } from '../../../src/providers/vertexplay/codes.ts';
import { provider as vertexplay } from '../../../src/providers/vertexplay/index.ts';
import { createSandbox } from '../../../src/providers/vertexplay/sandbox.ts';
import { unknownClock } from '../../../src/records/clock-reading.ts';
import type { Exchange, HttpRequest, HttpResponse } from '../../../src/upstream/call.ts';
import { answerOf, askOf } from '../direct-exchange.ts';

const limits = vertexplay.feeds[0]!.limits;
const MINUTE = 60_000;
const start = Date.UTC(2026, 10, 21, 12);

/** Calls as the real exchange does where a session ends: one fresh token, then once more. */
function exchangeOf(answer: (request: HttpRequest) => HttpResponse, clock: () => number): Exchange {
  return {
    async call(call) {
      const attempt = async () => {
        await call.prepare?.();
        const now = clock();
        return call.read(answer(call.build(unknownClock(now))));
      };
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof UpstreamError) || error.action !== 'reauthenticate') throw error;
        call.reauthenticate?.();
        return attempt();
      }
    },
  };
}

function setUp(
  change: (request: HttpRequest, answer: () => HttpResponse) => HttpResponse = (_, answer) => answer(),
) {
  let now = start;
  const sandbox = createSandbox({ clock: () => now });
  const sent: HttpRequest[] = [];
  const answer = (request: HttpRequest) => {
    sent.push(request);
    return change(request, () => answerOf(sandbox)(request));
  };
  const connection = vertexplay.connect(
    {
      id: 'vp-main',
      currency: null,
      credentials: vertexplay.credentials.parse(sandbox.account['credentials']),
      options: vertexplay.options.parse({}),
    },
    { exchange: exchangeOf(answer, () => now), clock: () => now },
  );
  const read = (from = start - 10 * MINUTE, to = start) =>
    connection.readPage('BET', askOf(limits, { from, to }));
  const pass = (ms: number) => {
    now += ms;
  };
  const logins = () => sent.filter(({ path }) => path === '/v2/auth').length;
  return { sandbox, sent, connection, read, pass, logins };
}

describe('reading bet logs', () => {
  it('brings every row of the window as the provider has it, its edge included', async () => {
    const { sandbox, read } = setUp();
    const page = await read(start - 20 * MINUTE, start - 10 * MINUTE);
    const truth = sandbox.truth('BET', { from: start - 20 * MINUTE, to: start - 10 * MINUTE + 1 });
    expect(page.rows.map(({ raw }) => raw)).toEqual(truth);
    expect(page.rows.at(-1)?.axisAt).toBe(start - 10 * MINUTE);
    expect(page).toMatchObject({ count: 41, total: null, pageSize: null, quarantined: [], askedAt: start });
    expect(page.interval).toEqual({ from: start - 20 * MINUTE, to: start - 10 * MINUTE });
  });

  it('sends the documented headers, fresh each time, and no secret in the clear', async () => {
    const { sent, read, pass } = setUp();
    await read();
    pass(3_000);
    await read();
    const [login, first, second] = sent;
    expect(Object.keys(login?.headers ?? {}).sort()).toEqual(
      ['content-type', 'x-agentid', 'x-nonce', 'x-signature', 'x-timestamp'].sort(),
    );
    expect(first?.headers['authorization']).toMatch(/^Bearer /);
    expect(first?.headers['x-nonce']).not.toBe(second?.headers['x-nonce']);
    expect(first?.body).not.toBe(second?.body);
    expect(Object.keys(JSON.parse(first?.body ?? ''))).toEqual(['cipherText']);
    expect(JSON.stringify(sent)).not.toContain('vp-sandbox-secret');
  });

  it('paces all accounts of an agent by one rule, and logins by another', () => {
    const { connection } = setUp();
    expect(connection.paceOf('BET', limits)).toEqual({
      key: 'vertexplay sandboxvp01 /v2/betlogs',
      minIntervalMs: 3_000,
      quota: null,
    });
  });

  it('refuses an interval the limits forbid before anything is sent', async () => {
    const { sent, read } = setUp();
    await expect(read(start - 11 * MINUTE, start)).rejects.toMatchObject({ upstreamCode: 'LIMIT' });
    await expect(read(start - MINUTE, start + 1)).rejects.toMatchObject({ action: 'refuseInput' });
    expect(sent.filter(({ path }) => path === '/v2/betlogs')).toEqual([]);
  });

  it.each(Object.entries(codes))(
    'answers code %s by its rule, told within HTTP 200',
    async (code, { action }) => {
      if (action === 'reauthenticate') return;
      const { read } = setUp((request, answer) =>
        request.path === '/v2/auth'
          ? answer()
          : { status: 200, headers: {}, text: `{"code":${code},"message":"x","logUUID":"y"}` },
      );
      await expect(read()).rejects.toMatchObject({ action, upstreamCode: code });
    },
  );

  it('gives up on a code in no table, and on a success without a list', async () => {
    for (const text of [
      '{"code":999}',
      '{"code":0,"message":"No error."}',
      '{"code":0,"data":{"rows":[]}}',
    ]) {
      const { read } = setUp((request, answer) =>
        request.path === '/v2/auth' ? answer() : { status: 200, headers: {}, text },
      );
      await expect(read()).rejects.toMatchObject({ action: 'giveUp' });
    }
  });
});

describe('the token', () => {
  it('is got once for many calls at once', async () => {
    const { read, logins } = setUp();
    // The first call alone is in time for the provider's interval; all of them need the token.
    const outcomes = await Promise.allSettled([read(), read(), read(), read()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(logins()).toBe(1);
  });

  it('is replaced shortly before it ends, and not sooner', async () => {
    const { read, pass, logins } = setUp();
    await read();
    pass((3_600 - 61) * 1_000);
    await read(start, start + 10 * MINUTE);
    expect(logins()).toBe(1);
    pass(2_000);
    pass(3_000);
    await read(start, start + 10 * MINUTE);
    expect(logins()).toBe(2);
  });

  it.each([
    ['HTTP 401', { status: 401, headers: {}, text: '' }],
    ['code 83', { status: 200, headers: {}, text: '{"code":83,"message":"signature"}' }],
  ])('is replaced once when the provider refuses it with %s', async (_name, refusal) => {
    let refused = 0;
    const { read, logins } = setUp((request, answer) => {
      if (request.path === '/v2/auth' || refused > 0) return answer();
      refused += 1;
      return refusal;
    });
    await expect(read()).resolves.toMatchObject({ count: 41 });
    expect(logins()).toBe(2);
  });

  it('is not asked for in a loop when every token is refused', async () => {
    const { read, logins } = setUp((request, answer) =>
      request.path === '/v2/auth' ? answer() : { status: 401, headers: {}, text: '' },
    );
    await expect(read()).rejects.toMatchObject({ action: 'reauthenticate' });
    expect(logins()).toBe(2);
  });

  it.each([
    ['a refused signature', { status: 200, headers: {}, text: '{"code":83}' }, 'stopAccount'],
    ['an unknown agent', { status: 200, headers: {}, text: '{"code":10}' }, 'stopAccount'],
    ['HTTP 401', { status: 401, headers: {}, text: '' }, 'stopAccount'],
    ['a passing fault', { status: 503, headers: {}, text: '' }, 'retry'],
    ['no data', { status: 200, headers: {}, text: '{"code":0}' }, 'giveUp'],
    [
      'a life of no time',
      { status: 200, headers: {}, text: '{"code":0,"data":{"accessToken":"t0k","expiresIn":0}}' },
      'giveUp',
    ],
    ['cut JSON', { status: 200, headers: {}, text: '{"code":0,"data":{"accessToken":"t0k' }, 'retry'],
  ])(
    'is not had by a login answered with %s, and nothing of the answer is kept',
    async (_name, reply, action) => {
      const { read } = setUp((request, answer) => (request.path === '/v2/auth' ? reply : answer()));
      const error: unknown = await read().catch((reason: unknown) => reason);
      expect(error).toMatchObject({ action, raw: null });
      expect(String(error)).not.toContain('t0k');
      expect(String((error as Error).cause)).not.toContain('t0k');
    },
  );

  it('is asked for anew after a login that failed', async () => {
    let failing = true;
    const { read, logins } = setUp((request, answer) =>
      failing && request.path === '/v2/auth' ? { status: 503, headers: {}, text: '' } : answer(),
    );
    await expect(read()).rejects.toMatchObject({ action: 'retry' });
    failing = false;
    await expect(read()).resolves.toMatchObject({ count: 41 });
    expect(logins()).toBe(2);
  });
});

describe('options and credentials', () => {
  it('have the documented defaults', () => {
    expect(vertexplay.options.parse({})).toEqual({
      emptyAnswers: 'lenient',
      signatureScheme: 'pipe',
      betIdField: 'auto',
      timeAxis: 'txTime',
      jackpotInWin: false,
      refreshSkew: 60_000,
      limitChecks: 'strict',
    });
    expect(vertexplay.options.parse({ signatureScheme: 'CONCAT_BODY', refreshSkew: '5m' })).toMatchObject({
      signatureScheme: 'concatBody',
      refreshSkew: 300_000,
    });
  });

  it('are refused where they cannot be right', () => {
    const good = { agentId: 'a', apiKey: 'ab'.repeat(32), secretKey: 's' };
    expect(vertexplay.credentials.safeParse({ ...good, apiKey: ` ${good.apiKey}\n` }).success).toBe(true);
    expect(vertexplay.credentials.safeParse({ ...good, apiKey: 'ab' }).success).toBe(false);
    expect(vertexplay.credentials.safeParse({ ...good, secretKey: '' }).success).toBe(false);
    expect(vertexplay.options.safeParse({ jackpotInWins: true }).success).toBe(false);
    expect(vertexplay.options.safeParse({ refreshSkew: 'soon' }).success).toBe(false);
  });
});
