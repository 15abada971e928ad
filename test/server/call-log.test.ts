import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { logTarget } from '../../src/commands/log-target.ts';
import { UpstreamError } from '../../src/errors.ts';
import { createScrub } from '../../src/records/scrub.ts';
import { createCallLog } from '../../src/server/call-log.ts';
import { createLogger } from '../../src/server/logger.ts';
import type { Call, HttpResponse } from '../../src/upstream/call.ts';
import { systemClock } from '../../src/upstream/clock.ts';
import { createExchange } from '../../src/upstream/exchange.ts';
import { createHttp } from '../../src/upstream/http.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { defaultRetryPolicy } from '../../src/upstream/retry.ts';
import { createLocalSlots } from '../../src/upstream/slots.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';
import { startServer } from '../upstream/server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const secret = 'a-secret-of-the-account';

/** An account whose calls are logged, and what was logged. */
async function setUp(answer: Parameters<typeof startServer>[0]) {
  const server = await startServer(answer);
  const http = createHttp({ account: 'vp-main', baseUrl: server.url });
  closing.push(
    () => http.close(),
    () => server.close(),
  );
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    secrets: [secret],
    to: { write: (line) => lines.push(line) },
  });
  const log = createCallLog(logger, createScrub([secret]));
  const exchange = createExchange({
    account: 'vp-main',
    http,
    pacer: createPacer({ clock: systemClock, slots: createLocalSlots(systemClock) }),
    clock: systemClock,
    policy: { ...defaultRetryPolicy, baseMs: 1, breakAfter: 2, breakMs: 5 },
    onAttempt: log.attempted,
    onRecovered: log.recovered,
  });
  const call: Call<string> = {
    operation: 'betlogs',
    pace: { key: 'betlogs', minIntervalMs: 0, quota: null },
    turn: fixedTurn('interactive'),
    timeoutMs: 2_000,
    maxAttempts: 5,
    build: () => ({ method: 'POST', path: '/v2/betlogs?sign=0123', headers: {}, body: '{}' }),
    read({ status, text }: HttpResponse) {
      if (status === 200) return text;
      throw new UpstreamError('down', { action: 'retry', upstreamCode: `HTTP ${status}`, raw: text });
    },
  };
  const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ask: () => exchange.call(call), logged, host: new URL(server.url).host };
}

test('says of each call where it went, what came instead of rows and when it goes on, and when all is well again', async () => {
  let asked = 0;
  const { ask, logged, host } = await setUp((_, response) => {
    asked += 1;
    if (asked > 3) return response.end('[]');
    response.writeHead(502).end(`<html>Bad gateway for ${'x'.repeat(160)} ${secret}.</html>`);
  });
  expect(await ask()).toBe('[]');
  const [first, , third, fourth, recovered] = logged();
  expect(first).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    account: 'vp-main',
    host,
    operation: 'betlogs',
    path: '/v2/betlogs',
    attempt: 1,
    outcome: 'retry',
    status: 502,
    upstreamCode: 'HTTP 502',
    said: expect.stringMatching(/^<html>Bad gateway for x+ \[redac/),
    retryInMs: expect.any(Number),
    durationMs: expect.any(Number),
    waitedMs: expect.any(Number),
    msg: 'a provider did not give what was asked',
  });
  expect(first?.['durationMs']).toBe(Math.round(Number(first?.['durationMs'])));
  expect(third).toMatchObject({ attempt: 3, retryInMs: expect.any(Number) });
  expect(fourth).toMatchObject({ level: 'debug', attempt: 4, outcome: 'ok', status: 200, said: null });
  expect(recovered).toMatchObject({ level: 'warn', account: 'vp-main', operation: 'betlogs' });
  expect(recovered?.['msg']).toMatch(/^vp-main answers again after \d+s$/);
  expect(logged()).toHaveLength(5);
  // It is back, which is told once.
  await ask();
  expect(logged().slice(5)).toMatchObject([{ level: 'debug', outcome: 'ok' }]);
});

test('says of the last attempt that none follows, and of a provider that cannot be reached as much', async () => {
  const { ask, logged } = await setUp((_, response) => response.destroy());
  await expect(ask()).rejects.toThrow();
  const last = logged().at(-1);
  expect(last).toMatchObject({ attempt: 5, retryInMs: null, status: null, said: null });
});

test('is JSON in a file, and for people on a terminal, with colours unless they are not wanted', async () => {
  const line = '{"level":"warn","time":"2026-11-01T00:00:00.000Z","account":"vp-main","msg":"told"}\n';
  const shown = async (isTTY: boolean, env: Record<string, string>) => {
    const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
    (await logTarget({ stderr, env })).write(line);
    return stderr.read() as string;
  };
  expect(await shown(false, {})).toBe(line);
  expect(await shown(true, { NO_COLOR: '1' })).toBe(
    '[2026-11-01 00:00:00.000] WARN: told\n    account: "vp-main"\n',
  );
  expect(await shown(true, {})).toContain('\u001B[');
});
