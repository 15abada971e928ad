import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import type { ClockOffset } from '../../src/records/clock-reading.ts';
import type { Call, Departure, HttpResponse } from '../../src/upstream/call.ts';
import { type Clock, systemClock } from '../../src/upstream/clock.ts';
import { createExchange } from '../../src/upstream/exchange.ts';
import { createHttp } from '../../src/upstream/http.ts';
import { createPacer } from '../../src/upstream/pace.ts';
import { type ClockFall, createProviderClock } from '../../src/upstream/provider-clock.ts';
import { defaultRetryPolicy } from '../../src/upstream/retry.ts';
import { createLocalSlots } from '../../src/upstream/slots.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';
import { startServer } from './server.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 26, 12);

/** Our two clocks on paper: time passes for both, the wall's can be set. */
function paperClock() {
  let passed = 5_000;
  let setBy = 0;
  return {
    now: () => NOON + passed + setBy,
    monotonic: () => passed,
    until: () => Promise.reject(new Error('expected no wait')),
    pass(ms: number) {
      passed += ms;
    },
    set(ms: number) {
      setBy += ms;
    },
  };
}

/** Whole seconds, as a header spells them. */
const dateOf = (at: number) => new Date(at).toUTCString();

describe('the provider’s clock', () => {
  /** Takes in an answer of a provider so far ahead of us, whose call took so long and was dated at that share of it. */
  function setUp() {
    const clock = paperClock();
    const provider = createProviderClock(clock);
    const falls: ClockFall[] = [];
    provider.onFall((fall) => falls.push(fall));
    const measures: ClockOffset[] = [];
    provider.onMeasure((offset) => measures.push(offset));
    return {
      clock,
      provider,
      falls,
      measures,
      answer(aheadMs: number, tookMs = 0, datedAfter = 0) {
        const leftAt = clock.monotonic();
        const dated = clock.now() + aheadMs + tookMs * datedAfter;
        clock.pass(tookMs);
        provider.note(dateOf(dated), { leftAt, answeredAt: clock.monotonic() });
      },
    };
  }

  test('is ours while it says nothing', () => {
    const { clock, provider } = setUp();
    provider.note(undefined, { leftAt: 0, answeredAt: 1 });
    provider.note('yesterday', { leftAt: 0, answeredAt: 1 });
    expect(provider.offset()).toBeNull();
    expect(provider.at(clock.monotonic())).toBeNull();
    const now = clock.now();
    expect(provider.read()).toEqual({ now, providerNow: now, providerLatest: now });
  });

  test('lies between what its dates allow, however they are rounded and wherever in the call they were written', () => {
    const offset = fc.integer({ min: -15 * MINUTE, max: 15 * MINUTE });
    const calls = fc.array(
      fc.record({
        pause: fc.nat(100_000),
        tookMs: fc.nat(3_000),
        datedAfter: fc.constantFrom(0, 0.25, 0.5, 1),
        driftMs: fc.integer({ min: -500, max: 500 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(offset, calls, (start, all) => {
        const { clock, provider, answer } = setUp();
        let ahead = start;
        for (const { pause, tookMs, datedAfter, driftMs } of all) {
          clock.pass(pause);
          ahead += driftMs;
          answer(ahead, tookMs, datedAfter);
          const { providerNow, providerLatest } = provider.read();
          expect(providerNow).toBeLessThanOrEqual(clock.now() + ahead);
          expect(providerLatest).toBeGreaterThanOrEqual(clock.now() + ahead);
        }
      }),
    );
  });

  test('is the hull of ten minutes, since two hosts may answer under one name', () => {
    const { clock, provider, answer } = setUp();
    answer(-20 * SECOND);
    clock.pass(5 * MINUTE);
    answer(40 * SECOND);
    expect(provider.offset()).toEqual({ leastMs: -20 * SECOND, mostMs: 41 * SECOND });
    clock.pass(6 * MINUTE);
    answer(40 * SECOND);
    expect(provider.offset()).toEqual({ leastMs: 40 * SECOND, mostMs: 41 * SECOND });
  });

  test('is what was last known after an hour without an answer, though no read is held by it', () => {
    const { clock, provider, answer } = setUp();
    answer(-MINUTE);
    clock.pass(60 * MINUTE);
    expect(provider.offset()).toEqual({ leastMs: -MINUTE, mostMs: -59 * SECOND });
    expect(provider.at(clock.monotonic())).toBeNull();
  });

  test('does not change when ours is set', () => {
    const { clock, provider, answer } = setUp();
    answer(0);
    const { providerNow } = provider.read();
    clock.set(60 * MINUTE);
    expect(provider.read()).toMatchObject({ now: clock.now(), providerNow });
    expect(provider.offset()).toEqual({ leastMs: -60 * MINUTE, mostMs: -60 * MINUTE + SECOND });
  });

  test('tells when it is first known, and when it falls beyond what it could have been', () => {
    const { clock, falls, answer } = setUp();
    answer(0);
    answer(-900); // the second before: within what the header's seconds allow
    clock.pass(SECOND);
    const known = { providerNow: NOON + 5_000, fellTo: NOON + 5_000 };
    expect(falls).toEqual([known]);
    answer(-2 * MINUTE);
    // It may have fallen as soon as the answer before had left.
    const fallen = { providerNow: NOON + 6_000 - 2 * MINUTE, fellTo: NOON + 5_000 - 2 * MINUTE };
    expect(falls).toEqual([known, fallen]);
    answer(5 * MINUTE);
    expect(falls).toHaveLength(2);
  });

  test('tells what each answer says by our clock', () => {
    const { clock, measures, answer } = setUp();
    answer(30 * SECOND);
    clock.set(60 * MINUTE);
    answer(0, 500);
    expect(measures).toEqual([
      { leastMs: 30 * SECOND, mostMs: 31 * SECOND },
      { leastMs: -500, mostMs: SECOND },
    ]);
  });

  describe('of what was measured before it began, or by another process', () => {
    const minutesAgo = (minutes: number, offset: number) => ({
      untilAt: NOON + 5_000 - minutes * MINUTE,
      leastMs: offset,
      mostMs: offset + SECOND,
    });

    test('takes that of ten minutes into what it is, in whatever order it hears of it', () => {
      const { clock, provider, answer } = setUp();
      answer(0);
      provider.recall([minutesAgo(9, -MINUTE), minutesAgo(11, -HOUR), minutesAgo(3, 10 * SECOND)]);
      provider.recall([minutesAgo(9, -MINUTE)]);
      expect(provider.offset()).toEqual({ leastMs: -MINUTE, mostMs: 11 * SECOND });
      expect(provider.at(clock.monotonic())).toBe(NOON + 5_000 - MINUTE);
      clock.pass(MINUTE + 1);
      expect(provider.offset()).toEqual({ leastMs: 0, mostMs: 11 * SECOND });
    });

    test('goes by what was last known until it says something itself, and holds no read by it', () => {
      const { clock, provider, answer } = setUp();
      provider.recall([minutesAgo(90, 10 * MINUTE), minutesAgo(120, 0)]);
      expect(provider.offset()).toEqual({ leastMs: 10 * MINUTE, mostMs: 10 * MINUTE + SECOND });
      expect(provider.at(clock.monotonic())).toBeNull();
      answer(10 * MINUTE);
      expect(provider.at(clock.monotonic())).toBe(NOON + 5_000 + 10 * MINUTE);
    });

    test('knows a fall while nobody looked by it', () => {
      const { provider, falls, answer } = setUp();
      provider.recall([minutesAgo(5, 0)]);
      answer(0);
      expect(falls).toEqual([]);
      answer(-MINUTE);
      expect(falls).toEqual([{ providerNow: NOON + 5_000 - MINUTE, fellTo: NOON + 5_000 - MINUTE }]);
      const restarted = setUp();
      restarted.provider.recall([minutesAgo(5, 0)]);
      restarted.answer(-2 * MINUTE);
      expect(restarted.falls).toEqual([
        // Five minutes and the minute that the measure is of.
        { providerNow: NOON + 5_000 - 2 * MINUTE, fellTo: NOON + 5_000 - 8 * MINUTE },
      ]);
    });
  });
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('a call', () => {
  /** A provider that answers whatever `date` says at that moment; each call notes when it left, by both clocks. */
  async function setUp(date: () => number, clock: Clock = systemClock) {
    const server = await startServer((_, response) => {
      response.writeHead(200, { date: dateOf(date()) }).end('ok');
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
    const call: Omit<Call<string>, 'read'> = {
      operation: 'rows',
      pace: { key: 'k', minIntervalMs: 0, quota: null },
      turn: fixedTurn('interactive'),
      timeoutMs: 2_000,
      maxAttempts: 3,
      build(departure) {
        departures.push(departure);
        return { method: 'POST', path: '/rows', headers: {}, body: '' };
      },
    };
    const ask = (read = (response: HttpResponse) => response.text) => exchange.call({ ...call, read });
    return { departures, ask };
  }

  /** To the nearest ten seconds. */
  const behind = ({ now, providerNow }: Departure) => Math.round((now - providerNow) / 10_000) * 10;

  test('leaves by the provider’s clock as last known, and its own answer says when it really left', async () => {
    const { ask, departures } = await setUp(() => Date.now() - 10 * MINUTE);
    await ask();
    await ask();
    expect(departures.map(behind)).toEqual([0, 600]);
    expect(departures.map(({ now, providerAt }) => Math.round((now - providerAt!()) / 10_000))).toEqual([
      60, 60,
    ]);
  });

  test('that was refused for reaching into a future not known to be one is made again', async () => {
    const { ask, departures } = await setUp(() => Date.now() - 10 * MINUTE);
    const refuse = new UpstreamError('acc: the end is in the future', { action: 'refuseInput' });
    let calls = 0;
    const answer = await ask((response) => {
      calls += 1;
      if (calls === 1) throw refuse;
      return response.text;
    });
    expect(answer).toBe('ok');
    expect(departures.map(behind)).toEqual([0, 600]);
    // What is refused although the clock was known is refused for something else.
    await expect(
      ask(() => {
        throw refuse;
      }),
    ).rejects.toBe(refuse);
  });

  test('is said to have left by the clock as last known where its answer carries no date any more', async () => {
    let ahead = -10 * MINUTE;
    let passed = 0;
    const since = performance.now();
    const clock: Clock = {
      until: async () => {},
      now: () => NOON + clock.monotonic(),
      monotonic: () => Math.floor(performance.now() - since) + passed,
    };
    const { ask, departures } = await setUp(() => clock.now() + ahead, clock);
    await ask();
    ahead = Number.NaN;
    passed += HOUR;
    await ask();
    const last = departures.at(-1)!;
    expect(Math.round((last.now - last.providerAt!()) / 10_000)).toBe(60);
  });

  test('is said to have left by our clock where no date is sent', async () => {
    const { ask, departures } = await setUp(() => Number.NaN);
    await ask();
    expect(departures.map(({ now, providerAt }) => now - providerAt!())).toEqual([0]);
  });
});
