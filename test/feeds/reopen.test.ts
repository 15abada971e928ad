import { expect, test } from 'vitest';
import type { Reopening } from '../../src/archive/admin.ts';
import { reopenOnFall } from '../../src/feeds/reopen.ts';
import { createProviderClock } from '../../src/upstream/provider-clock.ts';
import { paperFeed } from './paper-provider.ts';

test('what a provider’s clock that fell back had held is open again, and so it is when a clock is first known', async () => {
  let at = 0;
  const noon = Date.UTC(2026, 10, 26, 12);
  const clock = createProviderClock({ now: () => noon + at, monotonic: () => at, until: async () => {} });
  const { feed } = paperFeed();
  const told = { ...feed, limits: { ...feed.limits, settlementLag: 60_000 } };
  const upstream = {
    clock,
    outage: () => null,
    paused: () => null,
    calls: () => ({ calls: 0, refused: 0 }),
    callsOfDay: () => ({ calls: 0, refusedAgoMs: null }),
    onRecovery: () => () => {},
  };
  const reopened: Reopening[] = [];
  const errors: unknown[] = [];
  const archive = {
    async reopen(_feed: object, reopening: Reopening) {
      reopened.push(reopening);
      if (reopened.length === 2) throw new Error('archive: gone');
    },
  };
  const stop = reopenOnFall([{ ...told, upstream }, feed], archive, (_, error) => errors.push(error));
  const answer = (providerNow: number) =>
    clock.note(new Date(providerNow).toUTCString(), { leftAt: at, answeredAt: at });
  answer(noon);
  at += 30_000;
  answer(noon + 30_000);
  answer(noon - 3_600_000);
  await expect.poll(() => errors).toHaveLength(1);
  stop();
  answer(noon - 7_200_000);
  expect(reopened).toEqual([
    { above: noon - 60_000, providerNow: noon },
    { above: noon - 3_660_000, providerNow: noon - 3_600_000 },
  ]);
});
