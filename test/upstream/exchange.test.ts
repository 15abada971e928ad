import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import type { SlotSource } from '../../src/records/pace.ts';
import type { Call, HttpResponse } from '../../src/upstream/call.ts';
import { systemClock } from '../../src/upstream/clock.ts';
import { createExchange } from '../../src/upstream/exchange.ts';
import { createHttp } from '../../src/upstream/http.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { defaultRetryPolicy } from '../../src/upstream/retry.ts';
import { createLocalSlots } from '../../src/upstream/slots.ts';
import { fixedTurn, type Turn } from '../../src/upstream/turn.ts';
import { startServer } from './server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function callOf<T>(over: Partial<Call<T>> & { read: (response: HttpResponse) => T }): Call<T> {
  return {
    operation: 'rows',
    pace: { key: 'k', minIntervalMs: 0, quota: null },
    turn: fixedTurn('interactive'),
    timeoutMs: 2_000,
    maxAttempts: 3,
    build: () => ({ method: 'POST', path: '/rows', headers: {}, body: '{}' }),
    ...over,
  };
}

const read = (response: HttpResponse) => {
  if (response.status === 429) {
    throw new UpstreamError('too often', {
      action: 'slowDown',
      upstreamCode: 'HTTP 429',
      retryAfterMs: Number(response.headers['retry-after']) * 1000,
    });
  }
  if (response.status >= 500) throw new UpstreamError('down', { action: 'retry', upstreamCode: 'HTTP 500' });
  if (response.status === 401)
    throw new UpstreamError('who?', { action: 'stopAccount', upstreamCode: 'HTTP 401' });
  return response.text;
};

async function setUp(answer: Parameters<typeof startServer>[0], maxBodyBytes?: number) {
  const server = await startServer(answer);
  const http = createHttp({ account: 'acc', baseUrl: server.url, maxBodyBytes });
  // Starts are measured where they are made: what a busy machine does to an arrival is none of the pacer's.
  const starts: number[] = [];
  const slots = createLocalSlots(systemClock);
  const noting: SlotSource = {
    ...slots,
    written(rule, at) {
      starts.push(at);
      slots.written(rule, at);
    },
  };
  const pacer = createPacer({ clock: systemClock, slots: noting });
  const exchange = createExchange({
    account: 'acc',
    http,
    pacer,
    clock: systemClock,
    policy: { ...defaultRetryPolicy, baseMs: 5, breakMs: 50 },
  });
  closing.push(
    () => http.close(),
    () => server.close(),
  );
  return { server, exchange, starts };
}

function gaps(starts: readonly number[]): number[] {
  return starts.slice(1).map((start, index) => start - starts[index]!);
}

test('what failed is asked again no sooner than its answer says', async () => {
  const { exchange, starts } = await setUp((_, response) => response.end('ok'));
  let answers = 0;
  const busyAtFirst = ({ text }: HttpResponse) => {
    answers += 1;
    if (answers > 1) return text;
    throw new UpstreamError('busy', { action: 'retry', upstreamCode: 'HTTP 503', retryAfterMs: 80 });
  };
  expect(await exchange.call(callOf({ read: busyAtFirst }))).toBe('ok');
  expect(Math.min(...gaps(starts))).toBeGreaterThanOrEqual(80);
});

describe('pace', () => {
  test('never sends two calls closer than the interval, and overlaps slow answers', async () => {
    let open = 0;
    let mostOpen = 0;
    const { server, exchange, starts } = await setUp((_, response) => {
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      setTimeout(() => {
        open -= 1;
        response.end('ok');
      }, 120);
    });
    const pace = { key: 'k', minIntervalMs: 50, quota: null };
    await Promise.all(Array.from({ length: 8 }, () => exchange.call(callOf({ read, pace }))));
    expect(server.arrivals).toHaveLength(8);
    expect(Math.min(...gaps(starts))).toBeGreaterThanOrEqual(53);
    expect(mostOpen).toBeGreaterThan(1);
  });

  test('gives the interactive lane its slot first, then the smaller order', async () => {
    const { server, exchange } = await setUp((_, response) => response.end('ok'));
    const pace = { key: 'k', minIntervalMs: 30, quota: null };
    const ask = (name: string, lane: Turn['lane'], order: number) =>
      exchange.call(
        callOf({
          read,
          pace,
          turn: fixedTurn(lane, order),
          build: () => ({ method: 'POST', path: `/${name}`, headers: {}, body: '' }),
        }),
      );
    await ask('first', 'background', 0);
    await Promise.all([
      ask('background', 'background', -5),
      ask('later', 'interactive', 2),
      ask('sooner', 'interactive', 1),
    ]);
    expect(server.arrivals.map((arrival) => arrival.path)).toEqual([
      '/first',
      '/sooner',
      '/later',
      '/background',
    ]);
  });

  test('keeps a quota over its sliding period', async () => {
    const { exchange, starts } = await setUp((_, response) => response.end('ok'));
    const pace = { key: 'k', minIntervalMs: 0, quota: { calls: 3, perMs: 200 } };
    await Promise.all(Array.from({ length: 7 }, () => exchange.call(callOf({ read, pace }))));
    expect(starts[3]! - starts[0]!).toBeGreaterThanOrEqual(200);
    expect(starts[6]! - starts[3]!).toBeGreaterThanOrEqual(200);
  });

  test('waits out a Retry-After and widens the guard afterwards', async () => {
    let refuse = true;
    const { exchange, starts } = await setUp((_, response) => {
      if (!refuse) return response.end('ok');
      refuse = false;
      response.writeHead(429, { 'retry-after': '1' }).end();
    });
    const pace = { key: 'k', minIntervalMs: 20, quota: null };
    await exchange.call(callOf({ read, pace, maxAttempts: 1 }));
    await exchange.call(callOf({ read, pace }));
    const [first, second] = gaps(starts);
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(second).toBeGreaterThanOrEqual(25);
  });
});

describe('retry', () => {
  test('gives a call back after so many answers that did not come in time, if it is told to', async () => {
    let calls = 0;
    const { exchange } = await setUp((_, response) => {
      calls += 1;
      response.writeHead(calls === 2 ? 503 : 504).end();
    });
    const late = (response: HttpResponse) => {
      const upstreamCode = `HTTP ${response.status}`;
      throw new UpstreamError('late', { action: 'retry', upstreamCode });
    };
    const call = callOf({ read: late, mostTimeouts: 2, maxAttempts: 5 });
    await expect(exchange.call(call)).rejects.toMatchObject({ upstreamCode: 'HTTP 504' });
    expect(calls).toBe(3);
  });

  test('repeats a passing fault and builds the request anew each time', async () => {
    let calls = 0;
    const { server, exchange } = await setUp((_, response) => {
      calls += 1;
      response.writeHead(calls < 3 ? 503 : 200).end('rows');
    });
    let built = 0;
    const build = () => {
      built += 1;
      return { method: 'POST' as const, path: '/rows', headers: {}, body: `${built}` };
    };
    expect(await exchange.call(callOf({ read, build }))).toBe('rows');
    expect(server.arrivals.map((arrival) => arrival.body)).toEqual(['1', '2', '3']);
  });

  test('gives up after maxAttempts with the last error', async () => {
    const { server, exchange } = await setUp((_, response) => response.writeHead(500).end());
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject({ action: 'retry' });
    expect(server.arrivals).toHaveLength(3);
  });

  test('asks again at once when it is resumed after refused credentials', async () => {
    let known = false;
    const { server, exchange } = await setUp((_, response) => {
      if (known) response.end('ok');
      else response.writeHead(401).end();
    });
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject({ action: 'stopAccount' });
    known = true;
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject({ action: 'stopAccount' });
    exchange.resume();
    expect(await exchange.call(callOf({ read }))).toBe('ok');
    expect(server.arrivals).toHaveLength(2);
  });

  test('sends nothing while it is paused, not even what waits for its slot, and counts what was sent', async () => {
    const { server, exchange } = await setUp((_, response) => response.end('ok'));
    const pace = { key: 'slow', minIntervalMs: 60, quota: null };
    expect(await exchange.call(callOf({ read, pace }))).toBe('ok');
    const waiting = exchange.call(callOf({ read, pace }));
    exchange.pause();
    await expect(waiting).rejects.toThrow('acc: paused by an admin');
    await expect(exchange.call(callOf({ read, pace }))).rejects.toBe(exchange.paused());
    expect(server.arrivals).toHaveLength(1);
    exchange.resume();
    expect(exchange.paused()).toBeNull();
    expect(await exchange.call(callOf({ read, pace }))).toBe('ok');
    expect(exchange.callsOf('slow')).toEqual({ calls: 2, refused: 0 });
    expect(exchange.callsOf('other')).toEqual({ calls: 0, refused: 0 });
  });

  test('stops the account after refused credentials without another call', async () => {
    const { server, exchange } = await setUp((_, response) => response.writeHead(401).end());
    const refused = { action: 'stopAccount', upstreamCode: 'HTTP 401' };
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject(refused);
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject(refused);
    expect(server.arrivals).toHaveLength(1);
  });

  test('pauses after failures in a row, then lets one call try before the others', async () => {
    let down = true;
    const { server, exchange } = await setUp((_, response) => response.writeHead(down ? 500 : 200).end('ok'));
    await exchange.call(callOf({ read, maxAttempts: 5 })).catch(() => {});
    const before = server.arrivals.length;
    expect(before).toBe(5);
    const waiting = Array.from({ length: 20 }, () =>
      exchange.call(callOf({ read, maxAttempts: 1 })).catch(() => null),
    );
    // The first one to try fails and the pause begins anew; the others were not sent.
    await expect.poll(() => server.arrivals.length).toBe(before + 1);
    down = false;
    await Promise.all(waiting);
    expect(server.arrivals.length).toBe(before + 20);
  });

  test('takes a fresh session once, then stops', async () => {
    const { server, exchange } = await setUp((_, response) => response.end('expired'));
    let forgotten = 0;
    const expired = () => {
      throw new UpstreamError('expired', { action: 'reauthenticate' });
    };
    const reauthenticate = () => {
      forgotten += 1;
    };
    await expect(exchange.call(callOf({ read: expired, reauthenticate }))).rejects.toMatchObject({
      action: 'stopAccount',
    });
    expect(forgotten).toBe(1);
    expect(server.arrivals).toHaveLength(2);
  });
});

describe('answers', () => {
  test('reads gzip, strips a byte order mark, refuses what is no UTF-8', async () => {
    const bodies = [gzipSync('\uFEFFrows'), Buffer.from([0x7b, 0xff, 0xfe])];
    const { exchange } = await setUp((_, response) => {
      const body = bodies.shift() ?? Buffer.from([0xff]);
      response.writeHead(200, body[0] === 0x1f ? { 'content-encoding': 'gzip' } : {}).end(body);
    });
    expect(await exchange.call(callOf({ read }))).toBe('rows');
    await expect(exchange.call(callOf({ read, maxAttempts: 1 }))).rejects.toMatchObject({
      upstreamCode: 'NOT_UTF8',
    });
  });

  test('takes a body that is too large, decoded, as a reason to ask for less', async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000, 'a'));
    const { exchange } = await setUp(
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
      1_000_000,
    );
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject({ action: 'split' });
  });

  test('ends a call whose answer drips for longer than its timeout', async () => {
    const { exchange } = await setUp((_, response) => {
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    });
    await expect(exchange.call(callOf({ read, timeoutMs: 150, maxAttempts: 1 }))).rejects.toMatchObject({
      upstreamCode: 'TIMEOUT',
    });
  });

  test('does not follow a redirect', async () => {
    const { server, exchange } = await setUp((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
    );
    await expect(exchange.call(callOf({ read }))).rejects.toMatchObject({ upstreamCode: 'REDIRECT' });
    expect(server.arrivals).toHaveLength(1);
  });

  test('discards half an answer and asks again', async () => {
    let first = true;
    const { exchange } = await setUp((_, response) => {
      if (!first) return response.end('whole');
      first = false;
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 10);
    });
    expect(await exchange.call(callOf({ read }))).toBe('whole');
  });

  test('learns that the provider’s clock is behind', async () => {
    const { exchange } = await setUp((_, response) =>
      response.writeHead(200, { date: new Date(Date.now() - 600_000).toUTCString() }).end('ok'),
    );
    await exchange.call(callOf({ read }));
    let behind = 0;
    const build = ({ now, providerNow }: { now: number; providerNow: number }) => {
      behind = now - providerNow;
      return { method: 'POST' as const, path: '/', headers: {}, body: '' };
    };
    await exchange.call(callOf({ read, build }));
    expect(behind).toBeGreaterThan(597_000);
    expect(behind).toBeLessThan(601_000);
  });
});

test('lets whoever leaves go while what it needs is prepared for others too', async () => {
  const { exchange } = await setUp((_, response) => response.end('ok'));
  const leaving = new AbortController();
  let prepared = () => {};
  const shared = new Promise<void>((resolve) => {
    prepared = resolve;
  });
  const prepare = () => shared;
  const left = exchange.call(callOf({ read, prepare, signal: leaving.signal }));
  const staying = exchange.call(callOf({ read, prepare }));
  leaving.abort(new Error('enough'));
  await expect(left).rejects.toThrow('enough');
  prepared();
  expect(await staying).toBe('ok');
});
