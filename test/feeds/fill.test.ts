import { afterEach, describe, expect, test } from 'vitest';
import type { CoverAsk } from '../../src/feeds/dispatch.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import type { Gap } from '../../src/records/coverage.ts';
import { lengthOf } from '../../src/records/interval.ts';
import { all, firstPage } from '../archive/conformance/sample.ts';
import { type Harness, type HarnessOptions, openHarness, settledHour } from './harness.ts';

const HOUR = 3_600_000;
// Far from every edge of an hour and of a window.
const now = Date.UTC(2026, 2, 10, 12, 25);
const hour = settledHour(now);
const houses: Harness[] = [];
afterEach(async () => {
  await Promise.all(houses.splice(0).map((house) => house.close()));
});

async function open(options?: HarnessOptions): Promise<Harness> {
  const house = await openHarness({ now, ...options });
  houses.push(house);
  return house;
}

function ask(feeds: readonly Feed[], over: Partial<CoverAsk> = {}): CoverAsk {
  return { feeds, range: hour, maxWaitMs: 20_000, ...over };
}

async function rowsOf(house: Harness, feed: Feed, range = hour): Promise<string[]> {
  const rows = await house.archive.page(firstPage(all(feed.kind, [feed.account.id], range), 100_000));
  return rows.map((row) => row.raw).sort();
}

const refusals = (house: Harness) =>
  Object.values(house.sandboxes).flatMap((sandbox) => sandbox.calls.filter((call) => call.refused !== null));
const windowCalls = (house: Harness, name: string) =>
  house.sandboxes[name]!.calls.filter((call) => call.interval !== null);

describe('filling', () => {
  test('brings every row of an hour of every feed, digit for digit, with no refused call', async () => {
    const house = await open();
    const covered = await house.dispatcher.begin().cover(ask(house.feeds));
    expect(covered.coverage).toMatchObject({ complete: true, quarantined: 0, gaps: [] });
    for (const feed of house.feeds) {
      const truth = house.sandboxes[feed.account.provider]!.truth(feed.kind, hour);
      expect(truth.length).toBeGreaterThan(0);
      expect(await rowsOf(house, feed)).toEqual([...truth].sort());
    }
    expect(refusals(house)).toEqual([]);
  });

  test('asks nothing again for a range it holds', async () => {
    const house = await open();
    await house.dispatcher.begin().cover(ask(house.feeds));
    const calls = () => Object.values(house.sandboxes).reduce((total, box) => total + box.calls.length, 0);
    const before = calls();
    const again = await house.dispatcher.begin().cover(ask(house.feeds));
    expect(again.coverage.complete).toBe(true);
    expect(calls()).toBe(before);
  });

  test('lets the windows of somebody who has left wait behind those of who is there', async () => {
    const house = await open({ names: ['vertexplay'] });
    const left = new AbortController();
    const days = { from: hour.from - 48 * HOUR, to: hour.from };
    const leaving = house.dispatcher
      .begin({ left: left.signal })
      .cover(ask(house.feeds, { range: days, maxWaitMs: 600_000 }));
    await expect.poll(() => windowCalls(house, 'vertexplay').length).toBeGreaterThan(0);
    left.abort(new Error('whoever asked has left'));
    await expect(leaving).rejects.toThrow('whoever asked has left');
    const before = windowCalls(house, 'vertexplay').length;
    const { coverage } = await house.dispatcher.begin().cover(ask(house.feeds));
    expect(coverage.complete).toBe(true);
    const since = windowCalls(house, 'vertexplay').slice(before);
    const last = since.findLastIndex(({ interval }) => interval !== null && interval.to > hour.from + 1_000);
    // The six, and what had begun before they were asked for.
    expect(last).toBeGreaterThanOrEqual(5);
    expect(last).toBeLessThan(9);
  });

  test('reads each window once for forty overlapping requests', async () => {
    const house = await open({ names: ['vertexplay'] });
    const { from, to } = hour;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        house.dispatcher.begin().cover(
          ask(house.feeds, {
            range: { from: from + (index % 7) * 120_000, to: to - (index % 5) * 60_000 },
          }),
        ),
      ),
    );
    expect(answers.every((answer) => answer.coverage.complete)).toBe(true);
    expect(windowCalls(house, 'vertexplay')).toHaveLength(6);
  });

  test('answers soon with gaps that tile the range when nobody waits long', async () => {
    const house = await open();
    const range = hour;
    const { feeds, coverage } = await house.dispatcher.begin().cover(ask(house.feeds, { maxWaitMs: 1 }));
    expect(coverage.complete).toBe(false);
    for (const feed of feeds) {
      const pieces = [...feed.held, ...feed.coverage.gaps].sort((a, b) => a.from - b.from);
      expect(lengthOf(pieces)).toBe(HOUR);
      expect(pieces.reduce((total, piece) => total + piece.to - piece.from, 0)).toBe(HOUR);
      expect(pieces[0]!.from).toBe(range.from);
    }
    // The asking goes on in the background.
    await expect
      .poll(
        async () =>
          (await house.dispatcher.begin().cover(ask(house.feeds, { maxWaitMs: null }))).coverage.complete,
        {
          timeout: 15_000,
        },
      )
      .toBe(true);
  });

  test('keeps to the archive where no provider may be asked', async () => {
    const house = await open();
    const { coverage } = await house.dispatcher.begin().cover(ask(house.feeds, { maxWaitMs: null }));
    expect(coverage.gaps.map((gap) => gap.reason)).toEqual(house.feeds.map(() => 'PENDING'));
    expect(Object.values(house.sandboxes).every((box) => box.calls.length === 0)).toBe(true);
  });

  test('says what lies in the future and beyond retention, and asks for neither', async () => {
    const house = await open({ names: ['vertexplay'] });
    const feed = house.feed('vertexplay');
    const future = await house.dispatcher
      .begin()
      .cover(ask([feed], { range: { from: now + HOUR, to: now + 2 * HOUR } }));
    expect(future.coverage.gaps.map((gap) => gap.reason)).toEqual(['IN_FUTURE']);
    const old = now - 41 * 24 * HOUR;
    const gone = await house.dispatcher.begin().cover(ask([feed], { range: { from: old, to: old + HOUR } }));
    expect(gone.coverage.gaps.map((gap) => gap.reason)).toEqual(['BEYOND_RETENTION']);
    expect(house.sandboxes['vertexplay']!.calls).toEqual([]);
  });

  test('holds a live window up to the lag before its read, counts the rest as open, and does not read it again at once', async () => {
    const house = await open({ names: ['vertexplay'], limits: { openMaxAge: HOUR } });
    const range = { from: now - 15 * 60_000, to: now + HOUR };
    const first = await house.dispatcher.begin().cover(ask(house.feeds, { range }));
    expect(first.coverage.gaps.at(-1)?.reason).toBe('IN_FUTURE');
    const { settlementLag } = house.feed('vertexplay').limits;
    const held = first.feeds[0]!.held.at(-1)!.to;
    // The date of an answer has whole seconds: the provider's clock is known that exactly.
    expect(held).toBeGreaterThan(now - settlementLag - 3_000);
    expect(held).toBeLessThanOrEqual(Date.now() - settlementLag);
    expect(first.coverage.openFrom).toBe(held);
    expect(first.coverage.gaps.at(0)!.from).toBeGreaterThan(now - 4_000);
    const calls = windowCalls(house, 'vertexplay').length;
    const second = await house.dispatcher.begin().cover(ask(house.feeds, { range }));
    expect(windowCalls(house, 'vertexplay')).toHaveLength(calls);
    expect(second.coverage.final).toBe(false);
  });

  test('fetches at most maxRange for one ask, the newest of it', async () => {
    const house = await open({ names: ['vertexplay'], maxRangeMs: 20 * 60_000 });
    const { coverage } = await house.dispatcher.begin().cover(ask(house.feeds));
    const { from, to } = hour;
    expect(windowCalls(house, 'vertexplay')).toHaveLength(2);
    expect(coverage.gaps).toMatchObject([{ from, to: to - 20 * 60_000, reason: 'PENDING' }]);
  });

  test('halves an answer that may have been cut, and keeps every row', async () => {
    const house = await open({ names: ['hotroad'], rowsPerMinute: 30, limits: { rowCap: 200 } });
    const feed = house.feed('hotroad', 'BET');
    const { coverage } = await house.dispatcher.begin().cover(ask([feed]));
    expect(coverage.complete).toBe(true);
    expect(await rowsOf(house, feed)).toEqual([...house.sandboxes['hotroad']!.truth('BET', hour)].sort());
  });

  test('says TOO_MANY_ROWS where one second alone fills an answer, and keeps what it saw', async () => {
    const house = await open({
      names: ['hotroad'],
      rowsPerMinute: 600,
      limits: { rowCap: 5 },
      minIntervalMs: 1,
    });
    const feed = house.feed('hotroad', 'BET');
    const { to } = hour;
    const range = { from: to - 30 * 60_000, to: to - 30 * 60_000 + 2_000 };
    const narrow = { ...feed, limits: { ...feed.limits, grid: 1_000 } };
    const { coverage } = await house.dispatcher.begin().cover(ask([narrow], { range }));
    expect(coverage.gaps.map((gap: Gap) => gap.reason)).toEqual(['TOO_MANY_ROWS']);
    expect((await rowsOf(house, feed, range)).length).toBeGreaterThan(5);
  });
});

describe('partial failure', () => {
  test('one provider down leaves the others complete and its own part a gap', async () => {
    const house = await open({ limits: { maxAttempts: 2 }, policy: { breakMs: 20_000 } });
    house.server.inject('vertexplay', 'internalError', 1_000);
    const { coverage, feeds } = await house.dispatcher.begin().cover(ask(house.feeds));
    expect(coverage.complete).toBe(false);
    const accounts = new Set(coverage.gaps.map((gap) => gap.account));
    expect([...accounts]).toEqual(['vertexplay-main']);
    for (const gap of coverage.gaps) {
      expect(gap.reason).toBe('PROVIDER_ERROR');
      expect(gap.retryAt).toBeGreaterThan(now);
    }
    expect(
      feeds.filter((feed) => feed.account !== 'vertexplay-main').every((feed) => feed.coverage.complete),
    ).toBe(true);
  });
});
