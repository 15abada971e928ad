import { afterEach, describe, expect, test } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { type Sync, startSync } from '../../src/feeds/sync.ts';
import { type Harness, openHarness } from './harness.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 2, 10, 12, 25);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(since: number): Promise<{ gateway: Harness; sync: Sync }> {
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, name) => name });
  const gateway = await openHarness({ archive, now });
  const sync = startSync({
    feeds: gateway.feeds,
    filler: gateway.filler,
    ledger: (feed, range) => archive.ledger(feed, range),
    now: gateway.now,
    since,
    revisits: [600_000],
  });
  closing.push(
    () => sync.stop(),
    () => gateway.close(),
    () => archive.close(),
  );
  return { gateway, sync };
}

describe('sync', () => {
  test('fills every feed from `since` without being asked, by the rules', async () => {
    const { gateway, sync } = await open(now - 2 * HOUR);
    const range = { from: now - 2 * HOUR, to: now - 20_000 };
    const covered = () => gateway.dispatcher.begin().cover({ feeds: gateway.feeds, range, maxWaitMs: null });
    await expect.poll(async () => (await covered()).coverage.gaps).toEqual([]);
    expect(gateway.feeds.every((feed) => sync.plan(feed) !== null)).toBe(true);
    const refused = Object.values(gateway.sandboxes).flatMap((box) =>
      box.calls.filter((call) => call.refused !== null),
    );
    expect(refused).toEqual([]);
  });

  test('reads a window again when its revisit has come, and then no more', async () => {
    const { gateway } = await open(now - HOUR);
    const vertexplay = gateway.sandboxes['vertexplay']!;
    const windows = () =>
      vertexplay.calls.filter((call) => call.interval !== null).map((call) => call.interval!.from);
    await expect.poll(() => new Set(windows()).size).toBeGreaterThanOrEqual(6);
    // Windows that ended more than the last revisit ago were read late enough at once.
    const old = windows().filter((from) => from < now - 30 * 60_000);
    expect(new Set(old).size).toBe(old.length);
  });
});
