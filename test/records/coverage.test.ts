import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unknownClock } from '../../src/records/clock-reading.ts';
import {
  coverageOf,
  type FeedTiming,
  gapReasons,
  type HeldPart,
  joinCoverage,
  lackingWindows,
  statesOf,
  type Trouble,
} from '../../src/records/coverage.ts';
import { type Interval, intersect, lengthOf, subtract, union } from '../../src/records/interval.ts';
import { reachOf } from '../../src/records/window.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const now = 2_000_000_000_000;
const clock = unknownClock(now);
const begin = now - 5 * HOUR;

const timing = (over: Partial<FeedTiming> = {}): FeedTiming => ({
  account: 'vp-main',
  kind: 'BET',
  grid: 10 * MINUTE,
  retention: 4 * HOUR,
  openMaxAge: 30 * SECOND,
  edge: null,
  ...over,
});

const timings = fc.record({
  grid: fc.constantFrom(MINUTE, 10 * MINUTE, HOUR),
  retention: fc.constantFrom(null, 4 * HOUR),
});
const seconds = (most: number) => fc.integer({ min: 1, max: most }).map((count) => count * SECOND);
const range = fc
  .tuple(fc.integer({ min: 0, max: 5 * 3_600 }), seconds(3 * 3_600))
  .map(([start, length]) => ({ from: begin + start * SECOND, to: begin + start * SECOND + length }));

/** A ledger's parts: disjoint, in order, some of them with rows set aside. */
const ledger: fc.Arbitrary<HeldPart[]> = fc
  .array(
    fc.record({
      pauseMs: fc.oneof(fc.constant(0), seconds(3_600)),
      lengthMs: seconds(3_600),
      state: fc.constantFrom('open', 'held', 'final'),
      ageMs: seconds(60),
      quarantined: fc.constantFrom(0, 0, 0, 2),
    }),
    { maxLength: 8 },
  )
  .map((parts) => {
    let at = begin;
    return parts.map(({ pauseMs, lengthMs, ageMs, ...part }) => {
      const from = at + pauseMs;
      at = from + lengthMs;
      return { ...part, from, to: at, readAt: now - ageMs };
    });
  });

const troubles: fc.Arbitrary<Trouble[]> = fc.array(
  fc.tuple(range, fc.constantFrom(...gapReasons)).map(([part, reason]) => ({
    ...part,
    reason,
    retryAt: now + MINUTE,
    message: reason,
  })),
  { maxLength: 4 },
);

const cutTo = (asked: Interval, parts: readonly Interval[]) =>
  parts.flatMap((part) => intersect(part, asked) ?? []);

const isFreshlyOpen = ({ state, quarantined, readAt }: HeldPart) =>
  state === 'open' && quarantined === 0 && now - readAt <= timing().openMaxAge;

function expectTiles(whole: Interval, parts: readonly Interval[]): void {
  const sorted = [...parts].sort((a, b) => a.from - b.from);
  expect([sorted[0]?.from, sorted.at(-1)?.to]).toEqual([whole.from, whole.to]);
  for (const [index, part] of sorted.slice(1).entries()) expect(part.from).toBe(sorted[index]?.to);
}

const whole = { from: now - 10 * MINUTE, to: now - SECOND };

describe('the states of a read', () => {
  const ageing = { settlementLag: 2 * MINUTE, finalAfter: HOUR };
  const part = {
    from: now - 2 * HOUR,
    to: now - SECOND,
    readAt: now + HOUR,
    providerAt: now,
    quarantined: 0,
  };

  test('are told instant by instant, by the provider’s clock', () => {
    expect(statesOf(part, ageing).map(({ from, to, state }) => [from - now, to - now, state])).toEqual([
      [-2 * HOUR, -HOUR, 'final'],
      [-HOUR, -2 * MINUTE, 'held'],
      [-2 * MINUTE, -SECOND, 'open'],
    ]);
  });

  test('tile the read, each instant open exactly while its lag has not passed', () => {
    fc.assert(
      fc.property(
        seconds(7_200),
        seconds(7_200),
        fc.integer({ min: -10_000, max: 7_300 }),
        (ago, length, at) => {
          const read = { ...part, from: now - ago, to: now - ago + length, providerAt: now - at * SECOND };
          const states = statesOf(read, ageing);
          expectTiles(read, states);
          for (const { from, to, state } of states) {
            for (const instant of [from, to - 1]) {
              const age = read.providerAt - instant;
              const expected =
                age <= ageing.settlementLag ? 'open' : age <= ageing.finalAfter ? 'held' : 'final';
              expect(state).toBe(expected);
            }
          }
        },
      ),
    );
  });

  test('go by our clock where the provider’s is not known', () => {
    const { providerAt: _, ...unknown } = { ...part, readAt: now };
    expect(statesOf(unknown, ageing).map(({ state }) => state)).toEqual(['final', 'held', 'open']);
  });

  test('of a read with rows set aside are one: it stands alone until they are accepted', () => {
    expect(statesOf({ ...part, quarantined: 2 }, ageing)).toMatchObject([{ state: 'open', quarantined: 2 }]);
  });
});

describe('coverage', () => {
  test('what is held and what is not tile the range, and adjacent gaps of one reason are one', () => {
    fc.assert(
      fc.property(timings, range, ledger, troubles, (over, asked, parts, known) => {
        const { coverage, held } = coverageOf(timing(over), asked, parts, known, clock);
        const open = union(cutTo(asked, parts.filter(isFreshlyOpen)));
        expectTiles(asked, [...union([...held, ...open]), ...coverage.gaps]);
        expect(coverage.openFrom).toBe(open[0]?.from ?? null);
        for (const [index, gap] of coverage.gaps.slice(1).entries()) {
          const before = coverage.gaps[index]!;
          expect(before.to === gap.from && before.reason === gap.reason).toBe(false);
        }
        const sound = parts.filter(({ quarantined, state }) => quarantined === 0 && state !== 'open');
        expect(held).toEqual(union(cutTo(asked, sound)));
      }),
    );
  });

  test('is complete without gaps, and final where every part is', () => {
    fc.assert(
      fc.property(timings, range, ledger, (over, asked, parts) => {
        const { coverage, finalUntil } = coverageOf(timing(over), asked, parts, [], clock);
        expect(coverage.complete).toBe(coverage.gaps.length === 0);
        const touched = parts.filter((part) => intersect(part, asked) !== null);
        expect(coverage.final).toBe(coverage.complete && touched.every(({ state }) => state === 'final'));
        expect(coverage.quarantined).toBe(touched.reduce((total, part) => total + part.quarantined, 0));
        if (coverage.final) expect(finalUntil).toBe(asked.to);
        if (finalUntil !== null) {
          const read = { from: asked.from, to: finalUntil };
          expect(
            subtract(
              read,
              touched.filter(({ state }) => state === 'final'),
            ),
          ).toEqual([]);
        }
      }),
    );
  });

  test('counts the windows that a gap touches as not held', () => {
    fc.assert(
      fc.property(timings, range, ledger, (over, asked, parts) => {
        const { grid } = over;
        const { coverage } = coverageOf(timing(over), asked, parts, [], clock);
        const first = Math.floor(asked.from / grid);
        const windows = Array.from({ length: Math.ceil(asked.to / grid) - first }, (_, index) => ({
          from: (first + index) * grid,
          to: (first + index + 1) * grid,
        }));
        const missing = windows.filter((window) =>
          coverage.gaps.some((gap) => intersect(gap, window) !== null),
        );
        expect(coverage.windowsAsked).toBe(windows.length);
        expect(coverage.windowsHeld).toBe(windows.length - missing.length);
      }),
    );
  });

  test('says what the provider cannot answer, whatever else went wrong there', () => {
    fc.assert(
      fc.property(timings, range, ledger, troubles, (over, asked, parts, known) => {
        const { coverage, held } = coverageOf(timing(over), asked, parts, known, clock);
        const reach = reachOf({ ...clock, retentionMs: over.retention });
        const aside = parts.filter(({ quarantined }) => quarantined > 0);
        const open = parts.filter(isFreshlyOpen);
        const unasked = subtract(asked, [...held, ...open, ...aside, reach]);
        const told = coverage.gaps.filter(
          ({ reason }) => reason === 'IN_FUTURE' || reason === 'BEYOND_RETENTION',
        );
        for (const part of unasked) expect(subtract(part, told)).toEqual([]);
      }),
    );
  });

  test('what is open counts for exactly `openMaxAge` after its read, by the provider’s clock', () => {
    const readAgo = (ms: number): HeldPart => ({
      ...whole,
      state: 'open',
      readAt: now,
      providerAt: now - ms,
      quarantined: 0,
    });
    const complete = (ms: number) => coverageOf(timing(), whole, [readAgo(ms)], [], clock).coverage.complete;
    const { openMaxAge } = timing();
    expect([openMaxAge, openMaxAge + 1].map(complete)).toEqual([true, false]);
    // A read said to be made in the future was made under another clock: it tells nothing of now.
    expect([-openMaxAge, -openMaxAge - 1].map(complete)).toEqual([true, false]);
  });

  test('what is open and was read too long ago is a gap again', () => {
    const part: HeldPart = { ...whole, state: 'open', readAt: now - 31 * SECOND, quarantined: 0 };
    const { coverage } = coverageOf(timing(), whole, [part], [], clock);
    expect(coverage).toMatchObject({ complete: false, openFrom: null });
    expect(coverage.gaps).toMatchObject([{ ...whole, reason: 'PENDING' }]);
  });

  test('goes by the provider’s clock: what it shows later than ours may be asked, what it shows earlier not', () => {
    const behind = { now, providerNow: now - 5 * MINUTE, providerLatest: now - 5 * MINUTE + SECOND };
    const { coverage } = coverageOf(timing(), { from: now - HOUR, to: now }, [], [], behind);
    const edge = behind.providerNow - SECOND;
    expect(coverage.gaps).toMatchObject([
      { to: edge, reason: 'PENDING' },
      // Our time when its clock has surely passed the end by the second that is never asked.
      { from: edge, to: now, reason: 'IN_FUTURE', retryAt: now + 5 * MINUTE + SECOND },
    ]);
    const ahead = { now, providerNow: now + 5 * MINUTE, providerLatest: now + 6 * MINUTE };
    expect(coverageOf(timing(), whole, [], [], ahead).coverage.gaps).toMatchObject([{ reason: 'PENDING' }]);
    const edgeOfHistory = { from: ahead.providerLatest - 4 * HOUR, to: now };
    const lost = coverageOf(timing({ retention: 4 * HOUR }), edgeOfHistory, [], [], ahead).coverage.gaps[0];
    expect(lost).toMatchObject({ to: edgeOfHistory.from + MINUTE, reason: 'BEYOND_RETENTION' });
  });

  test('counts what is contradicted, and is not final with it', () => {
    const part: HeldPart = { ...whole, state: 'final', readAt: now, quarantined: 0 };
    expect(coverageOf(timing(), whole, [part], [], clock).coverage.final).toBe(true);
    const { coverage } = coverageOf(timing(), whole, [{ ...part, contradicted: 2 }], [], clock);
    expect(coverage).toMatchObject({ complete: true, final: false, contradicted: 2 });
  });

  test('a gap tells when the first of its parts may be asked for again', () => {
    const asked = { from: now - 2 * HOUR, to: now - HOUR };
    const middle = now - 90 * MINUTE;
    const known: Trouble[] = [
      { from: asked.from, to: middle, reason: 'RATE_LIMITED', retryAt: now + 9, message: 'slow' },
      { from: middle, to: asked.to, reason: 'RATE_LIMITED', retryAt: now + 5, message: 'slower' },
    ];
    const { coverage } = coverageOf(timing(), asked, [], known, clock);
    expect(coverage.gaps).toEqual([
      {
        account: 'vp-main',
        kind: 'BET',
        ...asked,
        reason: 'RATE_LIMITED',
        retryAt: now + 5,
        message: 'slow',
      },
    ]);
  });

  test('of several feeds is complete where each is', () => {
    fc.assert(
      fc.property(range, ledger, ledger, (asked, parts, others) => {
        const feeds = [parts, others].map((each) => coverageOf(timing(), asked, each, [], clock));
        const joined = joinCoverage(feeds);
        expect(joined.complete).toBe(feeds.every(({ coverage }) => coverage.complete));
        expect(joined.gaps).toEqual(feeds.flatMap(({ coverage }) => coverage.gaps));
        expect(joined.windowsAsked).toBe(2 * feeds[0]!.coverage.windowsAsked);
      }),
    );
  });
});

describe('the windows a query lacks', () => {
  const isHeld = (parts: readonly HeldPart[], window: Interval) =>
    subtract(
      window,
      parts.filter(({ state }) => state !== 'open'),
    ).length === 0;

  test('are none that is held, none out of reach, each once, the newest first', () => {
    fc.assert(
      fc.property(timings, range, ledger, (over, asked, parts) => {
        const windows = lackingWindows(timing(over), asked, parts, clock);
        const askable = intersect(asked, reachOf({ ...clock, retentionMs: over.retention }));
        for (const window of windows) {
          expect(isHeld(parts, window)).toBe(false);
          expect(askable === null ? null : intersect(window, askable)).not.toBeNull();
          expect([window.from % over.grid, window.to - window.from]).toEqual([0, over.grid]);
        }
        for (const [index, window] of windows.slice(1).entries()) {
          expect(window.from).toBeLessThan(windows[index]!.from);
        }
      }),
    );
  });

  test('hold every instant that was never read, and every open one grown old', () => {
    fc.assert(
      fc.property(timings, range, ledger, (over, asked, parts) => {
        const { openMaxAge } = timing();
        const windows = lackingWindows(timing(over), asked, parts, clock);
        const askable = intersect(asked, reachOf({ ...clock, retentionMs: over.retention }));
        const settled = parts.flatMap((part) => {
          const isFresh = now - part.readAt <= openMaxAge;
          // Its end is the provider's present, so that what follows is as fresh as it is.
          if (isFresh && part.to >= part.readAt - 3 * SECOND)
            return [{ from: part.from, to: Math.ceil(part.to / over.grid) * over.grid }];
          return isFresh || part.state !== 'open' ? [part] : [];
        });
        const missing = askable === null ? [] : subtract(askable, settled);
        expect(windows.length === 0).toBe(missing.length === 0);
        for (const part of missing) {
          expect(subtract(part, windows)).toEqual([]);
        }
      }),
    );
  });

  test('are those of the newest missing time where no more may be fetched', () => {
    fc.assert(
      fc.property(range, ledger, seconds(2 * 3_600), (asked, parts, mostMs) => {
        const all = lackingWindows(timing({ grid: SECOND }), asked, parts, clock);
        const most = lackingWindows(timing({ grid: SECOND }), asked, parts, clock, mostMs);
        expect(lengthOf(most)).toBe(Math.min(lengthOf(all), mostMs));
        expect(most).toEqual(all.slice(0, most.length));
      }),
      { numRuns: 30 },
    );
  });
});
