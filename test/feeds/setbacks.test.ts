import { describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { createSetbacks } from '../../src/feeds/setbacks.ts';
import { failureOf } from '../../src/feeds/trouble.ts';
import type { Outage } from '../../src/upstream/breaker.ts';
import { createProviderClock } from '../../src/upstream/provider-clock.ts';
import { paperFeed } from './paper-provider.ts';

const window = { from: 0, to: 60_000 };
const error = new UpstreamError('acc: expected HTTP 200, got 500', { action: 'retry' });
const failure = failureOf(error);

function setUp() {
  let monotonic = 0;
  let outage: Outage | null = null;
  const { feed } = paperFeed();
  const upstream: Feed['upstream'] = {
    clock: createProviderClock({ now: () => 1_000_000, monotonic: () => monotonic, until: async () => {} }),
    outage: () => outage,
    paused: () => null,
    calls: () => ({ calls: 0, refused: 0 }),
    callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
    onRecovery: () => () => {},
  };
  const setbacks = createSetbacks(
    { ...feed, upstream },
    { now: () => 1_000_000 + monotonic, monotonic: () => monotonic },
  );
  /** Seconds until the window may be asked again. */
  const pauseS = () => {
    const from = monotonic;
    while (setbacks.mustWait(window)) monotonic += 1_000;
    return (monotonic - from) / 1_000;
  };
  return {
    setbacks,
    pauseS,
    outage: (next: Outage | null) => {
      outage = next;
    },
  };
}

describe('a window that keeps failing', () => {
  test('is asked with growing pauses, at most 10 minutes', () => {
    const { setbacks, pauseS } = setUp();
    const pauses = Array.from({ length: 8 }, () => {
      setbacks.failed(window, failure);
      return pauseS();
    });
    expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 600, 600]);
  });

  test('is asked at once when its provider is back, and goes on where its pauses were if it fails again', () => {
    const { setbacks, pauseS } = setUp();
    for (let times = 0; times < 3; times += 1) setbacks.failed(window, failure);
    setbacks.recovered();
    expect(pauseS()).toBe(0);
    setbacks.failed(window, failure);
    expect(pauseS()).toBe(120);
    setbacks.succeeded(window, []);
    setbacks.failed(window, failure);
    expect(pauseS()).toBe(15);
  });

  test('does not have an outage of its provider held against it', () => {
    const { setbacks, pauseS, outage } = setUp();
    outage({ error, retryInMs: 12_000 });
    for (let times = 0; times < 6; times += 1) setbacks.failed(window, failure);
    // The breaker decides meanwhile who tries.
    expect(setbacks.mustWait(window)).toBe(false);
    expect(setbacks.troubles(window, [])).toEqual(
      expect.arrayContaining([expect.objectContaining({ reason: 'PROVIDER_ERROR', retryAt: 1_012_000 })]),
    );
    outage(null);
    setbacks.recovered();
    setbacks.failed(window, failure);
    expect(pauseS()).toBe(30);
  });
});

describe('credentials that were refused', () => {
  test('are why nothing of the feed comes, until a window is read', () => {
    const { setbacks } = setUp();
    const refusal = new UpstreamError('acc: expected success, got code 401', { action: 'stopAccount' });
    setbacks.failed(window, failureOf(refusal));
    const later = { from: 600_000, to: 660_000 };
    expect(setbacks.troubles(later, [])).toMatchObject([{ ...later, reason: 'CREDENTIALS_REFUSED' }]);
    expect(setbacks.health()).toMatchObject({ state: 'STOPPED', message: refusal.message });
    setbacks.succeeded(window, []);
    expect(setbacks.troubles(later, [])).toEqual([]);
    expect(setbacks.health().message).toBeNull();
  });
});

test('a feed is idle until a window of it was read, and failing until one is read again', () => {
  const { setbacks } = setUp();
  expect(setbacks.health().state).toBe('IDLE');
  setbacks.succeeded(window, []);
  expect(setbacks.health().state).toBe('OK');
  setbacks.failed(window, failure);
  expect(setbacks.health().state).toBe('FAILING');
});
