import { afterEach, describe, expect, test } from 'vitest';
import type { CoverAsk } from '../../src/feeds/dispatch.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import type { Gap } from '../../src/records/coverage.ts';
import { lengthOf } from '../../src/records/interval.ts';
import { all, firstPage } from '../archive/conformance/sample.ts';
import { type Harness, type HarnessOptions, openHarness, settledHour } from './harness.ts';

const HOUR = 3_600_000;
const LONG_MS = 600_000;
// Far from every edge of an hour and of a window.
const now = Date.UTC(2026, 2, 10, 12, 25);
const hour = settledHour(now);
const gateways: Harness[] = [];
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

async function open(options?: HarnessOptions): Promise<Harness> {
  const gateway = await openHarness({ now, ...options });
  gateways.push(gateway);
  return gateway;
}

function ask(feeds: readonly Feed[], over: Partial<CoverAsk> = {}): CoverAsk {
  return { feeds, range: hour, maxWaitMs: LONG_MS, ...over };
}

async function rowsOf(gateway: Harness, feed: Feed, range = hour): Promise<string[]> {
  const rows = await gateway.archive.page(firstPage(all(feed.kind, [feed.account.id], range), 100_000));
  return rows.map((row) => row.raw).sort();
}

const refusals = (gateway: Harness) =>
  Object.values(gateway.sandboxes).flatMap((sandbox) =>
    sandbox.calls.filter((call) => call.refused !== null),
  );
const windowCalls = (gateway: Harness, name: string) =>
  gateway.sandboxes[name]!.calls.filter((call) => call.interval !== null);

describe('filling', () => {
  test('brings every row of an hour of every feed, digit for digit, with no refused call', async () => {
    const gateway = await open();
    const covered = await gateway.dispatcher.begin().cover(ask(gateway.feeds));
    expect(covered.coverage).toMatchObject({ complete: true, quarantined: 0, gaps: [] });
    for (const feed of gateway.feeds) {
      const truth = gateway.sandboxes[feed.account.provider]!.truth(feed.kind, hour);
      expect(truth.length).toBeGreaterThan(0);
      expect(await rowsOf(gateway, feed)).toEqual([...truth].sort());
    }
    expect(refusals(gateway)).toEqual([]);
  });

  test('asks nothing again for a range it holds', async () => {
    const gateway = await open();
    await gateway.dispatcher.begin().cover(ask(gateway.feeds));
    const calls = () => Object.values(gateway.sandboxes).reduce((total, box) => total + box.calls.length, 0);
    const before = calls();
    const again = await gateway.dispatcher.begin().cover(ask(gateway.feeds));
    expect(again.coverage.complete).toBe(true);
    expect(calls()).toBe(before);
  });

  test('lets the windows of somebody who has left wait behind those of who is there', async () => {
    const gateway = await open({ names: ['vertexplay'] });
    const left = new AbortController();
    const days = { from: hour.from - 48 * HOUR, to: hour.from };
    const leaving = gateway.dispatcher
      .begin({ left: left.signal })
      .cover(ask(gateway.feeds, { range: days, maxWaitMs: 600_000 }));
    await expect.poll(() => windowCalls(gateway, 'vertexplay').length).toBeGreaterThan(0);
    left.abort(new Error('whoever asked has left'));
    await expect(leaving).rejects.toThrow('whoever asked has left');
    const before = windowCalls(gateway, 'vertexplay').length;
    const { coverage } = await gateway.dispatcher.begin().cover(ask(gateway.feeds));
    expect(coverage.complete).toBe(true);
    const since = windowCalls(gateway, 'vertexplay').slice(before);
    const last = since.findLastIndex(({ interval }) => interval !== null && interval.to > hour.from + 1_000);
    // The six, and what had begun before they were asked for.
    expect(last).toBeGreaterThanOrEqual(5);
    expect(last).toBeLessThan(9);
  });

  test('reads each window once for forty overlapping requests', async () => {
    const gateway = await open({ names: ['vertexplay'] });
    const { from, to } = hour;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        gateway.dispatcher.begin().cover(
          ask(gateway.feeds, {
            range: { from: from + (index % 7) * 120_000, to: to - (index % 5) * 60_000 },
          }),
        ),
      ),
    );
    expect(answers.every((answer) => answer.coverage.complete)).toBe(true);
    expect(windowCalls(gateway, 'vertexplay')).toHaveLength(6);
  });

  test('answers soon with gaps that tile the range when nobody waits long', async () => {
    const gateway = await open();
    const range = hour;
    const { feeds, coverage } = await gateway.dispatcher.begin().cover(ask(gateway.feeds, { maxWaitMs: 1 }));
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
          (await gateway.dispatcher.begin().cover(ask(gateway.feeds, { maxWaitMs: null }))).coverage.complete,
      )
      .toBe(true);
  });

  test('keeps to the archive where no provider may be asked', async () => {
    const gateway = await open();
    const { coverage } = await gateway.dispatcher.begin().cover(ask(gateway.feeds, { maxWaitMs: null }));
    expect(coverage.gaps.map((gap) => gap.reason)).toEqual(gateway.feeds.map(() => 'PENDING'));
    expect(Object.values(gateway.sandboxes).every((box) => box.calls.length === 0)).toBe(true);
  });

  test('says what lies in the future and beyond retention, and asks for neither', async () => {
    const gateway = await open({ names: ['vertexplay'] });
    const feed = gateway.feed('vertexplay');
    const future = await gateway.dispatcher
      .begin()
      .cover(ask([feed], { range: { from: now + HOUR, to: now + 2 * HOUR } }));
    expect(future.coverage.gaps.map((gap) => gap.reason)).toEqual(['IN_FUTURE']);
    const old = now - 41 * 24 * HOUR;
    const gone = await gateway.dispatcher
      .begin()
      .cover(ask([feed], { range: { from: old, to: old + HOUR } }));
    expect(gone.coverage.gaps.map((gap) => gap.reason)).toEqual(['BEYOND_RETENTION']);
    expect(gateway.sandboxes['vertexplay']!.calls).toEqual([]);
  });

  test('holds a live window up to the lag before its read, counts the rest as open, and does not read it again at once', async () => {
    const gateway = await open({ names: ['vertexplay'], limits: { openMaxAge: HOUR } });
    const range = { from: now - 15 * 60_000, to: now + HOUR };
    const first = await gateway.dispatcher.begin().cover(ask(gateway.feeds, { range }));
    expect(first.coverage.gaps.at(-1)?.reason).toBe('IN_FUTURE');
    const { settlementLag } = gateway.feed('vertexplay').limits;
    const held = first.feeds[0]!.held.at(-1)!.to;
    // The date of an answer has whole seconds: the provider's clock is known that exactly.
    expect(held).toBeGreaterThan(now - settlementLag - 3_000);
    expect(held).toBeLessThanOrEqual(gateway.now() - settlementLag);
    expect(first.coverage.openFrom).toBe(held);
    expect(first.coverage.gaps.at(0)!.from).toBeGreaterThan(now - 4_000);
    const calls = windowCalls(gateway, 'vertexplay').length;
    const second = await gateway.dispatcher.begin().cover(ask(gateway.feeds, { range }));
    expect(windowCalls(gateway, 'vertexplay')).toHaveLength(calls);
    expect(second.coverage.final).toBe(false);
  });

  test('fetches at most maxRange for one ask, the newest of it', async () => {
    const gateway = await open({ names: ['vertexplay'], maxRangeMs: 20 * 60_000 });
    const { coverage } = await gateway.dispatcher.begin().cover(ask(gateway.feeds));
    const { from, to } = hour;
    expect(windowCalls(gateway, 'vertexplay')).toHaveLength(2);
    expect(coverage.gaps).toMatchObject([{ from, to: to - 20 * 60_000, reason: 'PENDING' }]);
  });

  test('halves an answer that may have been cut, and keeps every row', async () => {
    const gateway = await open({ names: ['hotroad'], rowsPerMinute: 30, limits: { rowCap: 200 } });
    const feed = gateway.feed('hotroad', 'BET');
    const { coverage } = await gateway.dispatcher.begin().cover(ask([feed]));
    expect(coverage.complete).toBe(true);
    expect(await rowsOf(gateway, feed)).toEqual([...gateway.sandboxes['hotroad']!.truth('BET', hour)].sort());
  });

  test('says TOO_MANY_ROWS where one second alone fills an answer, and keeps what it saw', async () => {
    const gateway = await open({
      names: ['hotroad'],
      rowsPerMinute: 600,
      limits: { rowCap: 5 },
      minIntervalMs: 1,
    });
    const feed = gateway.feed('hotroad', 'BET');
    const { to } = hour;
    const range = { from: to - 30 * 60_000, to: to - 30 * 60_000 + 2_000 };
    const narrow = { ...feed, limits: { ...feed.limits, grid: 1_000 } };
    const { coverage } = await gateway.dispatcher.begin().cover(ask([narrow], { range }));
    expect(coverage.gaps.map((gap: Gap) => gap.reason)).toEqual(['TOO_MANY_ROWS']);
    expect((await rowsOf(gateway, feed, range)).length).toBeGreaterThan(5);
  });
});

describe('partial failure', () => {
  test('one provider down leaves the others complete and its own part a gap', async () => {
    const gateway = await open({ limits: { maxAttempts: 2 }, policy: { breakMs: 20_000 } });
    gateway.server.inject('vertexplay', 'internalError', 1_000);
    const { coverage, feeds } = await gateway.dispatcher.begin().cover(ask(gateway.feeds));
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
