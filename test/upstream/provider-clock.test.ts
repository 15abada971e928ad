import { afterEach, describe, expect, test } from 'vitest';
import type { Call, Departure } from '../../src/upstream/call.ts';
import { type Clock, systemClock } from '../../src/upstream/clock.ts';
import { createExchange } from '../../src/upstream/exchange.ts';
import { createHttp } from '../../src/upstream/http.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { defaultRetryPolicy } from '../../src/upstream/retry.ts';
import { createLocalSlots } from '../../src/upstream/slots.ts';
import { startServer } from './server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A provider that answers whatever `date` says at that moment; each call notes when it left, by both clocks. */
async function setUp(date: () => number, clock: Clock = systemClock) {
  const server = await startServer((_, response) => {
    response.writeHead(200, { date: new Date(date()).toUTCString() }).end('ok');
  });
  const http = createHttp({ account: 'acc', baseUrl: server.url });
  const pacer = createPacer({ clock, slots: createLocalSlots(clock) });
  const policy = { ...defaultRetryPolicy, baseMs: 2 };
  const exchange = createExchange({ account: 'acc', http, pacer, clock, policy });
  closing.push(
    () => http.close(),
    () => server.close(),
  );
  const departures: Departure[] = [];
  const call: Call<string> = {
    operation: 'rows',
    pace: { key: 'k', minIntervalMs: 0, quota: null },
    turn: { lane: 'interactive', order: 0, served() {} },
    timeoutMs: 2_000,
    maxAttempts: 3,
    build(departure) {
      departures.push(departure);
      return { method: 'POST', path: '/rows', headers: {}, body: '' };
    },
    read: (response) => response.text,
  };
  return { departures, ask: () => exchange.call(call) };
}

/** To the nearest ten seconds. */
const behind = ({ now, providerNow }: Departure) => Math.round((now - providerNow) / 10_000) * 10;

describe('the provider’s clock', () => {
  test('a call that left before it was known is repeated, since it may have asked for what had not happened', async () => {
    const { ask, departures } = await setUp(() => Date.now() - 600_000);
    expect(await ask()).toBe('ok');
    expect(departures.map(behind)).toEqual([0, 600]);
    await ask();
    expect(departures.map(behind)).toEqual([0, 600, 600]);
  });

  test('one ahead of ours changes nothing', async () => {
    const { ask, departures } = await setUp(() => Date.now() + 600_000);
    await ask();
    expect(departures.map(behind)).toEqual([0]);
  });

  test('a slow answer is not taken for a clock behind', async () => {
    // Our clock runs on by ten seconds while the answer, dated when it was begun, is on its way.
    let lateMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + lateMs };
    const { ask, departures } = await setUp(() => {
      const begun = clock.now();
      lateMs += 10_000;
      return begun;
    }, clock);
    await ask();
    await ask();
    expect(departures.map(behind)).toEqual([0, 0]);
  });
});
