import { afterEach, describe, expect, test } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { edgeOf, type Feed } from '../../src/feeds/feed.ts';
import type { Filler } from '../../src/feeds/filler.ts';
import { createPatience } from '../../src/feeds/patience.ts';
import { fillRound, type Sync, startSync } from '../../src/feeds/sync.ts';
import type { ReadPart } from '../../src/records/coverage.ts';
import { type Interval, intersect } from '../../src/records/interval.ts';
import type { Window } from '../../src/records/window.ts';
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

  test('wants a window again whose read is a step too old for the instant at its end, also when it is asked once more', async () => {
    const { gateway } = await open(now - HOUR);
    const feed = gateway.feeds.find(({ account }) => account.provider === 'vertexplay')!;
    const edge = edgeOf(feed)!;
    const minute = 60_000;
    const start = now - 65 * minute;
    const part = (from: number, to: number, readAt: number): ReadPart => ({
      ...{ from, to, readAt, providerAt: readAt },
      quarantined: 0,
    });
    // Read when the revisit of its own instants had come, and not yet that of the one at its end.
    const [first, second] = [start + 10 * minute, start + 20 * minute];
    const parts = [
      part(start, first, first + 10 * minute),
      part(first + edge, second, now),
      part(second + edge, now, now),
    ];
    const wanted: [number, boolean][] = [];
    const filler = {
      ...gateway.filler,
      fill(_: Feed, windows: readonly Window[], { isWanted }: Parameters<Filler['fill']>[2]) {
        return windows.map((window) => ({
          done: isWanted(window).then((is) => {
            wanted.push([window.from, is]);
          }),
          join: () => () => {},
        }));
      },
    };
    const ledger = async (_: unknown, range: Interval) =>
      parts.filter((each) => intersect(each, range) !== null);
    const options = { filler, ledger, now: () => now, since: start, revisits: [10 * minute] };
    await fillRound(feed, options, createPatience(), () => {});
    expect(wanted).toContainEqual([start, true]);
  });
});
