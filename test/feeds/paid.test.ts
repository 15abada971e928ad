import { afterEach, expect, test } from 'vitest';
import { createCallBudgets } from '../../src/feeds/call-budget.ts';
import { type Harness, openHarness, settledHour } from './harness.ts';

const MINUTE = 60_000;
const now = Date.UTC(2026, 2, 10, 12, 25);
const hour = settledHour(now);
const gateways: Harness[] = [];
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

async function open() {
  const gateway = await openHarness({ now, names: ['vertexplay'] });
  gateways.push(gateway);
  const payerOf = createCallBudgets({ monotonic: () => 0 });
  const ask = { feeds: gateway.feeds, range: hour, maxWaitMs: 600_000 };
  const cover = (name: string, calls: number | null) =>
    gateway.dispatcher.begin({ payer: payerOf(name, calls) }).cover(ask);
  const calls = () =>
    gateway.sandboxes['vertexplay']!.calls.filter(({ interval }) => interval !== null).length;
  return { gateway, payerOf, ask, cover, calls };
}

test('past its calls a key is answered with the newest windows and a gap that says when to come back', async () => {
  const { cover, calls } = await open();
  const { coverage } = await cover('bi', 4);
  expect(calls()).toBe(4);
  expect(coverage.gaps).toEqual([
    {
      account: 'vertexplay-main',
      kind: 'BET',
      from: hour.from,
      to: hour.from + 20 * MINUTE,
      reason: 'RATE_LIMITED',
      retryAt: expect.closeTo(now + 15_000, -5),
      message: 'the provider calls of this key are spent (calls: 4/m)',
    },
  ]);
  expect((await cover('bi', 4)).coverage.complete).toBe(false);
  expect(calls()).toBe(4);
  // What is held is free, and another key pays for the rest.
  expect((await cover('other', 2)).coverage.complete).toBe(true);
  expect(calls()).toBe(6);
  expect((await cover('bi', 4)).coverage.complete).toBe(true);
});

test('whoever joins the windows of another pays nothing', async () => {
  const { payerOf, cover, calls } = await open();
  const asked = cover('first', 6);
  // All windows of an ask are begun together, so that whoever comes after the first call joins them.
  await expect.poll(calls, { interval: 5 }).toBeGreaterThan(0);
  const [first, joined] = await Promise.all([asked, cover('joined', 1)]);
  expect([first, joined].map(({ coverage }) => coverage.complete)).toEqual([true, true]);
  expect(payerOf('joined', 1).begin()).not.toBeNull();
  expect(payerOf('first', 6).begin()).toBeNull();
});

test('windows that nobody waits for any longer are read all the same, and stay paid by who began them', async () => {
  const { gateway, payerOf, ask, calls } = await open();
  const payer = payerOf('bi', 6);
  await gateway.dispatcher.begin({ payer }).cover({ ...ask, maxWaitMs: 1 });
  await expect.poll(calls).toBe(6);
  expect(payer.begin()).toBeNull();
});

test('what would be begun is counted once, and what is held is not', async () => {
  const { gateway, ask, calls } = await open();
  const dispatch = gateway.dispatcher.begin();
  const half = { ...ask, range: { from: hour.from, to: hour.from + 30 * MINUTE } };
  expect(await dispatch.countLacking([ask, half])).toBe(6);
  expect(calls()).toBe(0);
  await dispatch.cover(half);
  expect(await gateway.dispatcher.begin().countLacking([ask, half])).toBe(3);
  // What was looked at before is of no use once something was fetched.
  expect((await dispatch.cover(ask)).coverage.complete).toBe(true);
  expect(calls()).toBe(6);
});

test('asks of one request for the same are one, and the ledger is read once for them', async () => {
  const { gateway, ask } = await open();
  const dispatch = gateway.dispatcher.begin();
  const [first, ...others] = await Promise.all(Array.from({ length: 500 }, () => dispatch.cover(ask)));
  expect(first?.coverage.complete).toBe(true);
  expect(new Set(others)).toEqual(new Set([first]));
  // Asked anew once it is answered: what is held may have changed.
  expect(await dispatch.cover(ask)).not.toBe(first);
});
