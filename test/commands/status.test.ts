import { expect, it } from 'vitest';
import { backfill } from '../../src/commands/backfill.ts';
import { serve } from '../../src/commands/serve.ts';
import { type FeedStatus, status } from '../../src/commands/status.ts';
import { steer } from '../../src/commands/steer.ts';
import { createWorld, openHarness, someHour } from './harness.ts';

it('shows each feed’s state, lag, pace and what may be lost, and asks no provider', async () => {
  const range = someHour();
  const { config, sandboxes } = await openHarness(['hotroad', 'ebet'], (file) => ({
    ...file,
    sync: { enabled: false, since: new Date(range.from).toISOString() },
  }));
  const server = createWorld();
  const serving = serve({ config, port: 0, io: server });
  await server.until('countroom answers at http://127.0.0.1:');
  const filling = createWorld();
  expect(await backfill({ config, range, account: 'ebet-main', kind: undefined, io: filling })).toBe(0);
  await steer({ config, account: 'hotroad-main', to: 'pause', io: createWorld() });

  const calls = () => Object.values(sandboxes).reduce((sum, sandbox) => sum + sandbox.calls.length, 0);
  const before = calls();
  const io = createWorld();
  const now = () => range.to + 30 * 60_000;
  expect(await status({ config, json: true, watch: false, io, now })).toBe(0);
  const feeds = JSON.parse(io.out()) as readonly FeedStatus[];
  expect(feeds).toMatchObject([
    { account: 'hotroad-main', kind: 'BET', state: 'PAUSED', lagMs: null, missingMs: 90 * 60_000 },
    { account: 'hotroad-main', kind: 'TRANSFER', state: 'PAUSED' },
    { account: 'ebet-main', kind: 'SEQ_NO_FAILURE', state: 'OK', lagMs: 30 * 60_000, queued: 0 },
  ]);
  expect(feeds[2]?.pace.calls).toBeGreaterThan(0);
  // 40 days after the first instant it lacks, less what has passed since.
  expect(feeds[0]?.lostInMs).toBe(40 * 86_400_000 - 90 * 60_000);

  const wide = createWorld();
  expect(
    await status({ config, json: false, watch: false, io: { ...wide, env: { COLUMNS: '80' } }, now }),
  ).toBe(0);
  expect(wide.out()).toContain('30m');
  expect(wide.out()).toMatch(/hotroad-main BET: .*paused/);
  expect(
    Math.max(
      ...wide
        .out()
        .split('\n')
        .filter((line) => /[│┌├└]/.test(line))
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);

  const watching = createWorld();
  const watched = status({ config, json: true, watch: true, io: watching, now });
  await watching.until('hotroad-main');
  watching.stop();
  expect(await watched).toBe(0);
  expect(calls()).toBe(before);
  server.stop();
  expect(await serving).toBe(0);
});

it('says that no gateway runs, and how to start one', async () => {
  const { config } = await openHarness(['ebet']);
  const ask = { config, json: false, watch: false, io: createWorld() };
  await expect(status(ask)).rejects.toThrow(/no gateway runs on duckdb:.*countroom serve/);
});
