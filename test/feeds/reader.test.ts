import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { createReader } from '../../src/feeds/reader.ts';
import type { Piece } from '../../src/feeds/reading/piece.ts';
import type { Page } from '../../src/providers/provider.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import { fixedTurn } from '../../src/upstream/turn.ts';
import { NOW, type PaperOptions, paperFeed, rowAt } from './paper-provider.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const from = NOW - 60 * MINUTE;
const window = { from, to: from + 10 * MINUTE };
const turn = fixedTurn('interactive');

async function read(feed: Feed, asked = window, reader = createReader({ monotonic: () => 0 })) {
  const pieces: Piece[] = [];
  const unread = await reader.readWindow(feed, asked, { turn }, async (piece) => void pieces.push(piece));
  return { pieces, unread };
}

const every = (ms: number, length = window.to - from) =>
  Array.from({ length: Math.floor(length / ms) }, (_, index) => rowAt(from + index * ms));
const keysOf = (pieces: readonly Piece[]) => [
  ...new Set(pieces.flatMap(({ rows }) => rows.map(({ key }) => key))),
];
/** As it is asked: from a step before. */
const led = ({ from, to }: { readonly from: number; readonly to: number }, stepMs = 1) => ({
  from: from - stepMs,
  to,
});
const held = (pieces: readonly Piece[]) =>
  pieces.flatMap(({ interval }) => (interval === null ? [] : [interval]));

describe('an answer that comes whole', () => {
  test('is one call and one piece, the row at the end included', async () => {
    const rows = [rowAt(from), rowAt(window.to)];
    const { feed, asked } = paperFeed({ rows });
    const { pieces, unread } = await read(feed);
    expect(asked).toEqual([{ interval: led(window), page: 1 }]);
    expect(pieces).toEqual([
      {
        interval: window,
        readAt: NOW,
        providerAt: NOW,
        rows,
        quarantined: [],
        duplicates: 0,
        unknownFields: [],
      },
    ]);
    expect(unread).toEqual([]);
  });

  test('is asked for in halves where it may have been cut, down to where it is not', async () => {
    const rows = every(10 * SECOND);
    const { feed } = paperFeed({ rows, size: 20 });
    const { pieces, unread } = await read(feed);
    expect(unread).toEqual([]);
    expect(pieces).toHaveLength(4);
    expect(held(pieces)).toEqual(
      [0, 150, 300, 450].map((second) => ({
        from: from + second * SECOND,
        to: from + (second + 150) * SECOND,
      })),
    );
    expect(keysOf(pieces)).toEqual(rows.map(({ key }) => key));
  });

  test('is given up where one second fills it: its rows are kept, nothing is held by them', async () => {
    const rows = every(100, SECOND);
    const second = { from, to: from + SECOND };
    const { feed, asked } = paperFeed({ rows, size: 5 });
    const { pieces, unread } = await read(feed, second);
    expect(asked).toHaveLength(1);
    expect(pieces).toMatchObject([{ interval: null, rows: rows.slice(0, 5) }]);
    expect(unread).toMatchObject([{ ...second, reason: 'TOO_MANY_ROWS' }]);
    expect(unread[0]?.message).toContain('5 rows in one answer');
  });

  test('too large to be taken, it is asked for in halves as well', async () => {
    const tooLarge = new UpstreamError('too large', { action: 'split' });
    const { feed, asked } = paperFeed({
      answer: (page, { interval }) =>
        interval.to - interval.from > 5 * MINUTE + 1 ? Promise.reject(tooLarge) : page,
    });
    const { pieces, unread } = await read(feed);
    expect(asked).toHaveLength(3);
    expect(held(pieces)).toHaveLength(2);
    expect(unread).toEqual([]);
  });

  test('that never comes small enough leaves a gap of one second', async () => {
    const tooLarge = new UpstreamError('too large', { action: 'split' });
    const { feed } = paperFeed({ answer: () => Promise.reject(tooLarge) });
    const { pieces, unread } = await read(feed, { from, to: from + 2 * SECOND });
    expect(pieces).toEqual([]);
    expect(unread.map(({ reason, message }) => [reason, message])).toEqual([
      ['TOO_MANY_ROWS', 'too large'],
      ['TOO_MANY_ROWS', 'too large'],
    ]);
  });
});

describe('what may be asked when a call leaves', () => {
  test('ends a second before the provider’s now, and begins where it still has rows', async () => {
    const providerNow = from + 5 * MINUTE;
    const { feed, asked } = paperFeed({
      departure: { now: NOW, providerNow, providerLatest: providerNow },
      retention: 4 * MINUTE,
    });
    const { pieces } = await read(feed);
    const interval = { from: providerNow - 3 * MINUTE, to: providerNow - SECOND };
    expect(asked).toEqual([{ interval, page: 1 }]);
    // No step before it can be asked, so the very first instant is not held.
    expect(held(pieces)).toEqual([{ from: interval.from + 1, to: interval.to }]);
  });

  test('is not what the provider could not yet know: its own answer tells its time', async () => {
    const departure = { ...unknownClock(NOW), providerAt: () => from + 5 * MINUTE };
    const late = paperFeed({ rows: every(MINUTE), departure });
    const { pieces } = await read(late.feed);
    expect(late.asked).toEqual([{ interval: led(window), page: 1 }]);
    expect(held(pieces)).toEqual([{ from, to: from + 5 * MINUTE }]);
    const early = paperFeed({ departure: { ...departure, providerAt: () => from } });
    const nothing = await read(early.feed);
    expect(nothing.pieces.map(({ interval, providerAt }) => [interval, providerAt])).toEqual([[null, from]]);
  });

  test('is rounded inwards to what the provider can spell', async () => {
    const { feed, asked } = paperFeed({ stepMs: SECOND });
    await read(feed, { from: from + 1, to: from + 2_999 });
    expect(asked[0]?.interval).toEqual({ from, to: from + 2 * SECOND });
  });

  test('may be nothing: no call, no piece, no gap', async () => {
    const { feed } = paperFeed({ departure: { now: NOW, providerNow: from, providerLatest: from } });
    expect(await read(feed)).toEqual({ pieces: [], unread: [] });
  });
});

describe('pages', () => {
  const paged = (over: PaperOptions = {}) =>
    paperFeed({ rows: every(MINUTE), paging: 'pages', size: 3, ...over });
  const pagesOf = (asked: readonly { readonly page: number }[]) => asked.map(({ page }) => page);

  test('are read until there are as many rows as the provider counts, all of one interval', async () => {
    const { feed, asked } = paged();
    const { pieces } = await read(feed);
    expect(asked).toEqual([1, 2, 3, 4].map((page) => ({ interval: led(window), page })));
    expect(pieces).toHaveLength(1);
    expect(keysOf(pieces)).toHaveLength(10);
  });

  test('are read again while their rows are not as many as the provider counts', async () => {
    const { feed, asked } = paged({
      answer: (page, _, call) => (call === 2 ? { ...page, rows: page.rows.slice(1) } : page),
    });
    const { pieces, unread } = await read(feed);
    expect(pagesOf(asked)).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4]);
    expect(keysOf(pieces)).toHaveLength(10);
    expect(unread).toEqual([]);
  });

  test('that contradict themselves three times are asked for in halves', async () => {
    const miscounted = (page: Page) => ({ ...page, total: 11 });
    const { feed, asked } = paged({
      size: 100,
      answer: (page, { interval }) => (interval.to - interval.from > 6 * MINUTE ? miscounted(page) : page),
    });
    const { pieces } = await read(feed);
    expect(pagesOf(asked)).toEqual([1, 2, 1, 2, 1, 2, 1, 1]);
    expect(held(pieces)).toEqual([
      { from, to: from + 5 * MINUTE },
      { from: from + 5 * MINUTE, to: window.to },
    ]);
  });

  test('a row that is set aside counts as one that was found', async () => {
    const { feed, asked } = paged({
      answer: (page, { page: number }) =>
        number > 1
          ? page
          : { ...page, rows: page.rows.slice(1), quarantined: [{ reason: 'odd', raw: '{}' }] },
    });
    const { pieces } = await read(feed);
    expect(asked).toHaveLength(4);
    expect(pieces).toMatchObject([{ quarantined: [{ reason: 'odd' }] }]);
  });

  test('the same over again end at once, and hold nothing', async () => {
    const first = every(MINUTE).slice(0, 3);
    const { feed, asked } = paged({ answer: (page) => ({ ...page, rows: first, count: 3, total: 10 }) });
    const { pieces, unread } = await read(feed, { from, to: from + SECOND });
    expect(asked).toHaveLength(3 * 2);
    expect(pieces).toMatchObject([{ interval: null }]);
    expect(unread).toMatchObject([{ reason: 'TOO_MANY_ROWS' }]);
  });

  test('of ever new rows end where there are more than the provider counts', async () => {
    const { feed, asked } = paged({
      answer: (page, _, call) => {
        const rows = [1, 2, 3].map((index) => rowAt(from, `-${call}-${index}`));
        return { ...page, rows, count: 3, total: 10 };
      },
    });
    const { unread } = await read(feed, { from, to: from + SECOND });
    expect(asked).toHaveLength(3 * 4);
    expect(unread).toMatchObject([{ reason: 'TOO_MANY_ROWS' }]);
  });

  test('of ever new rows end even where the provider counts nothing', async () => {
    const { feed, asked } = paged({
      answer: (page, _, call) => ({ ...page, rows: [rowAt(from, `-${call}`)], count: 3, total: null }),
    });
    const { unread } = await read(feed, { from, to: from + SECOND });
    expect(asked).toHaveLength(3 * 1_000);
    expect(unread).toMatchObject([{ reason: 'TOO_MANY_ROWS' }]);
  });

  test('smaller than was asked for cost one call each where the provider counts', async () => {
    const { feed, asked } = paperFeed({
      rows: every(5 * SECOND),
      paging: 'pages',
      size: 10,
      answer: (page) => ({ ...page, pageSize: 100 }),
    });
    const { pieces } = await read(feed);
    expect(asked).toHaveLength(12);
    expect(keysOf(pieces)).toHaveLength(120);
  });

  test('of 1,100 cost 1,100 calls', async () => {
    const { feed, asked } = paged({ rows: every(500).slice(0, 1_100), size: 1 });
    const { pieces } = await read(feed);
    expect(asked).toHaveLength(1_100);
    expect(keysOf(pieces)).toHaveLength(1_100);
  });

  test('keep the first one’s interval to the millisecond while time passes between them', async () => {
    let now = from + 5 * MINUTE;
    const departure = () => {
      now += 7_001;
      return unknownClock(now);
    };
    const { feed, asked } = paged({ rows: every(MINUTE).slice(0, 4), size: 2, departure });
    await read(feed);
    expect(pagesOf(asked)).toEqual([1, 2]);
    expect(asked.map(({ interval }) => interval)).toEqual([asked[0]?.interval, asked[0]?.interval]);
    expect(asked[0]?.interval).toEqual({ from: from - 1, to: from + 5 * MINUTE + 7_001 - SECOND });
  });

  test('of which one is empty are read on where the provider counts more', async () => {
    const { feed, asked } = paged({
      answer: (page, { page: number }) => (number === 2 ? { ...page, rows: [], count: 0 } : page),
    });
    const { pieces, unread } = await read(feed);
    expect(pagesOf(asked).slice(0, 6)).toEqual([1, 2, 3, 4, 5, 1]);
    // Three passes lack three rows: less is asked for, until one page has it all.
    expect(unread).toEqual([]);
    expect(keysOf(pieces)).toHaveLength(10);
  });

  test('with a row that is listed and counted twice stand after one more pass', async () => {
    const rows = every(5 * SECOND);
    const { feed, asked } = paged({ rows: [...rows.slice(0, 6), rows[5]!, ...rows.slice(6)], size: 100 });
    const { pieces, unread } = await read(feed);
    expect(asked.length).toBeLessThanOrEqual(6);
    expect(unread).toEqual([]);
    expect(pieces).toMatchObject([{ duplicates: 1, interval: window }]);
    expect(keysOf(pieces)).toHaveLength(120);
  });

  test('are read again where their total is another at the end, though all rows of the first total were found', async () => {
    const later = every(MINUTE);
    const early = later.slice(1);
    const size = 4;
    const { feed } = paperFeed({
      rows: later,
      paging: 'pages',
      size,
      // The first row comes in once the first page was read, and pushes one of its rows to the second.
      answer(page, ask, call) {
        const rows = call === 1 ? early : later;
        const listed = rows.slice((ask.page - 1) * size, ask.page * size);
        return { ...page, rows: listed, count: listed.length, total: rows.length };
      },
    });
    const { pieces, unread } = await read(feed);
    expect(unread).toEqual([]);
    expect(keysOf(pieces)).toHaveLength(later.length);
  });

  test('after the first that are refused halve the window', async () => {
    const tooDeep = new UpstreamError('page too deep', { action: 'refuseInput' });
    const { feed } = paged({ answer: (page, ask) => (ask.page > 2 ? Promise.reject(tooDeep) : page) });
    const { pieces, unread } = await read(feed);
    expect(unread).toEqual([]);
    expect(pieces).toHaveLength(2);
    expect(keysOf(pieces)).toHaveLength(10);
  });
});

test('pages are read again where one row was added between them, though as many were found as the first page said', async () => {
  const rows = every(10 * SECOND).slice(0, 30);
  const added = rowAt(from + SECOND);
  const { feed } = paperFeed({
    rows: [added, ...rows].sort((a, b) => a.axisAt - b.axisAt),
    paging: 'pages',
    size: 10,
    // Before it was there; the tenth row is on the next page since then.
    answer: (page, _, call) => (call === 1 ? { ...page, rows: rows.slice(0, 10), total: 30 } : page),
  });
  const { pieces } = await read(feed);
  expect(keysOf(pieces)).toContain(added.key);
  expect(keysOf(pieces)).toHaveLength(31);
});

describe('pages whose totals say nothing', () => {
  const size = 10;
  const unsaid: readonly (readonly [string, NonNullable<PaperOptions['total']>])[] = [
    ['absent', () => null],
    ['those of the page', (_, listed) => listed],
  ];
  test.each(unsaid)('%s: end at an empty page, and stand when they are seen again', async (_, total) => {
    for (const count of [0, 3, 10, 25, 30]) {
      const rows = every(10 * SECOND).slice(0, count);
      const { feed, asked } = paperFeed({ rows, paging: 'pages', size, total });
      const { pieces, unread } = await read(feed);
      expect(unread).toEqual([]);
      expect(held(pieces)).toEqual([window]);
      expect(keysOf(pieces)).toHaveLength(count);
      expect(asked.length).toBeLessThanOrEqual(2 * Math.ceil(count / size) + 2);
    }
  });

  test('are read again from the start where a row was pushed off a page', async () => {
    const rows = every(10 * SECOND).slice(0, 30);
    const { feed } = paperFeed({
      rows,
      paging: 'pages',
      size,
      total: () => null,
      // The fifth row is gone once the first page was read: the eleventh is on neither.
      answer: (page, ask, call) => {
        const left = rows.filter((_, index) => index !== 4);
        return call === 1 ? page : { ...page, rows: left.slice((ask.page - 1) * size, ask.page * size) };
      },
    });
    const { pieces, unread } = await read(feed);
    expect(unread).toEqual([]);
    expect(keysOf(pieces)).toHaveLength(29);
  });

  test('are not taken for all where one came empty by mistake', async () => {
    const { feed } = paperFeed({
      rows: every(10 * SECOND).slice(0, 30),
      paging: 'pages',
      size,
      total: () => null,
      answer: (page, _, call) => (call === 2 ? { ...page, rows: [], count: 0 } : page),
    });
    const { pieces } = await read(feed);
    expect(keysOf(pieces)).toHaveLength(30);
  });

  test('need no second pass where the empty page counts the rows before it', async () => {
    const { feed, asked } = paperFeed({ rows: every(MINUTE), paging: 'pages', size: 100 });
    const reader = createReader({ monotonic: () => 0 });
    await read(feed, window, reader);
    await read(feed, window, reader);
    expect(asked.map(({ page }) => page)).toEqual([1, 2, 1, 2]);
  });

  test('are believed from the first that is larger than its page', async () => {
    const { feed, asked } = paperFeed({ rows: every(MINUTE), paging: 'pages', size: 6 });
    const reader = createReader({ monotonic: () => 0 });
    await read(feed, window, reader);
    await read(feed, { from, to: from + 4 * MINUTE }, reader);
    expect(asked.map(({ page }) => page)).toEqual([1, 2, 1]);
  });
});

describe('a list that goes on by a cursor', () => {
  const going = (over: PaperOptions = {}) =>
    paperFeed({ rows: every(MINUTE), paging: 'cursor', size: 3, ...over });

  test('is read to its end, and what each answer covers is held as it comes', async () => {
    const { feed, asks } = going();
    const { pieces, unread } = await read(feed);
    expect(unread).toEqual([]);
    expect(asks.map(({ cursor }) => cursor)).toEqual([null, '3', '6', '9']);
    expect(held(pieces)).toEqual(
      [0, 3, 6, 9].map((minute, index, all) => ({
        from: from + minute * MINUTE,
        to: from + (all[index + 1] ?? 10) * MINUTE,
      })),
    );
    expect(keysOf(pieces)).toHaveLength(10);
  });

  test('that fails in the middle keeps what was covered', async () => {
    const down = new UpstreamError('down', { action: 'retry' });
    const { feed } = going({ answer: (page, _, call) => (call === 3 ? Promise.reject(down) : page) });
    const pieces: Piece[] = [];
    const reader = createReader({ monotonic: () => 0 });
    const reading = reader.readWindow(feed, window, { turn }, async (piece) => void pieces.push(piece));
    await expect(reading).rejects.toBe(down);
    expect(held(pieces)).toEqual([
      { from, to: from + 3 * MINUTE },
      { from: from + 3 * MINUTE, to: from + 6 * MINUTE },
    ]);
  });

  test('whose answers say nothing of what they cover is held once it has ended', async () => {
    const { feed } = going({ answer: ({ coveredTo: _, ...page }) => page });
    const { pieces } = await read(feed);
    expect(held(pieces)).toEqual([window]);
    expect(keysOf(pieces)).toHaveLength(10);
  });

  test('that goes round in circles ends', async () => {
    const { feed, asked } = going({ answer: (page) => ({ ...page, next: 'again' }) });
    const { unread } = await read(feed, { from, to: from + SECOND });
    expect(asked).toHaveLength(2);
    expect(unread).toMatchObject([{ reason: 'TOO_MANY_ROWS' }]);
  });
});

describe('a round number of rows', () => {
  const thousand = every(500).slice(0, 1_000);
  test('is asked again in halves, and stands where they list the same', async () => {
    const { feed, asked } = paperFeed({ rows: thousand });
    const { pieces } = await read(feed);
    expect(asked).toHaveLength(3);
    expect(held(pieces)).toEqual([window]);
    expect(keysOf(pieces)).toHaveLength(1_000);
  });

  test('is what a cap left where they list more', async () => {
    const cut = (page: Page) => ({
      ...page,
      rows: page.rows.slice(0, 1_000),
      count: Math.min(page.count, 1_000),
    });
    const { feed } = paperFeed({ rows: every(250), answer: cut });
    const { pieces, unread } = await read(feed);
    expect(unread).toEqual([]);
    expect(held(pieces)).toHaveLength(4);
    expect(keysOf(pieces)).toHaveLength(2_400);
  });

  test('is believed where the operator said that nothing is cut', async () => {
    const { feed, asked } = paperFeed({ rows: thousand, limits: { suspectsRound: false } });
    await read(feed);
    expect(asked).toHaveLength(1);
  });

  test('is believed on pages whose totals are', async () => {
    const { feed, asked } = paperFeed({ rows: thousand, paging: 'pages', size: 500 });
    await read(feed);
    expect(asked).toHaveLength(2);
    const untold = paperFeed({ rows: thousand, paging: 'pages', size: 500, total: () => null });
    const { pieces } = await read(untold.feed);
    expect(untold.asked.length).toBeGreaterThan(6);
    expect(keysOf(pieces)).toHaveLength(1_000);
  });
});

describe('an answer that does not come in time', () => {
  const overdue = new UpstreamError('too slow', { action: 'retry', upstreamCode: 'HTTP 504' });
  const lengths = (asked: readonly { readonly interval: { readonly from: number; readonly to: number } }[]) =>
    asked.map(({ interval }) => Math.round((interval.to - interval.from) / SECOND));

  test('is asked for a sixteenth, then in halves; the span that works is kept for an hour', async () => {
    let now = 0;
    const reader = createReader({ monotonic: () => now });
    const { feed, asked, asks } = paperFeed({
      rows: every(MINUTE),
      answer: (page, { interval }) =>
        interval.to - interval.from > 3 * MINUTE ? Promise.reject(overdue) : page,
    });
    const { pieces, unread } = await read(feed, window, reader);
    expect(unread).toEqual([]);
    expect(keysOf(pieces)).toHaveLength(10);
    expect(lengths(asked)).toEqual([600, 37, 281, 140, 141, 141, 141]);
    expect(asks.map(({ mostTimeouts }) => mostTimeouts)).toEqual([2, undefined, 2, 2, 2, 2, 2]);
    asked.length = 0;
    now = 3_599_999;
    await read(feed, window, reader);
    expect(lengths(asked)).toEqual([75, 75, 75, 75, 75, 75, 75, 75]);
    asked.length = 0;
    now += 2;
    await read(feed, window, reader);
    expect(lengths(asked)[0]).toBe(600);
  });

  test('fails the window where not even a slice comes', async () => {
    const { feed, asked } = paperFeed({ answer: () => Promise.reject(overdue) });
    await expect(read(feed)).rejects.toBe(overdue);
    expect(lengths(asked)).toEqual([600, 37]);
  });
});

describe('two different rows of one key and one version', () => {
  const twins = [rowAt(from + SECOND, ''), { ...rowAt(from + SECOND, ''), raw: '{"another":1}' }];
  const later = { ...rowAt(from + SECOND, ''), raw: '{"later":1}', versionAt: from + MINUTE };

  test('are both set aside where one answer lists them', async () => {
    const { feed } = paperFeed({ rows: [...twins, rowAt(from + MINUTE)] });
    const { pieces } = await read(feed);
    expect(keysOf(pieces)).toEqual([String(from + MINUTE)]);
    const aside = twins.map(({ key, raw }) => ({ key, raw }));
    expect(pieces[0]?.quarantined.map(({ key, raw }) => ({ key, raw }))).toEqual(aside);
  });

  test('are one where they are alike, and both stand where one is a later version', async () => {
    const { feed } = paperFeed({ rows: [twins[0]!, twins[0]!, later] });
    const { pieces } = await read(feed);
    expect(pieces).toMatchObject([{ rows: [twins[0], later], quarantined: [], duplicates: 1 }]);
  });

  test('on two pages have the pass repeated first', async () => {
    const rows = [twins[0]!, rowAt(from + MINUTE), twins[1]!, rowAt(from + 2 * MINUTE)];
    const { feed, asked } = paperFeed({
      rows,
      paging: 'pages',
      size: 2,
      answer: (page, _, call) =>
        call === 2
          ? page
          : { ...page, rows: page.rows.filter((row) => row !== twins[1]), count: 2, total: 3 },
    });
    const { pieces } = await read(feed);
    expect(asked.map(({ page }) => page)).toEqual([1, 2, 3, 1, 2]);
    expect(pieces).toMatchObject([{ quarantined: [] }]);
    expect(keysOf(pieces)).toHaveLength(3);
  });

  test('on two pages of two passes are both set aside', async () => {
    const rows = [twins[0]!, rowAt(from + MINUTE), twins[1]!, rowAt(from + 2 * MINUTE)];
    const { feed } = paperFeed({ rows, paging: 'pages', size: 2 });
    const { pieces } = await read(feed);
    expect(pieces[0]?.quarantined).toHaveLength(2);
    expect(held(pieces)).toEqual([window]);
  });
});

describe('an edge that the provider leaves out', () => {
  const edges = [from, from + 5 * MINUTE, window.to].map((at) => rowAt(at));
  const near = { from, to: from + 5 * MINUTE };

  test.each(['start', 'end'] as const)('the %s: no row of what is held is lost', async (leavesOut) => {
    const { feed } = paperFeed({ rows: edges, leavesOut });
    const { pieces } = await read(feed);
    expect(held(pieces)).toEqual([window]);
    expect(keysOf(pieces)).toEqual(expect.arrayContaining(edges.slice(0, 2).map(({ key }) => key)));
  });

  test('is not held where there is no room to ask from before it', async () => {
    const { feed, asked } = paperFeed({
      rows: [rowAt(from)],
      leavesOut: 'start',
      limits: { maxWindow: 5 * MINUTE },
    });
    const { pieces } = await read(feed, near);
    expect(asked).toEqual([{ interval: near, page: 1 }]);
    expect(held(pieces)).toEqual([{ from: from + 1, to: near.to }]);
  });

  test('is asked for from before it wherever one call may ask for so much', async () => {
    const { feed, asked } = paperFeed({ rows: [], limits: { maxWindow: 5 * MINUTE + 1 } });
    const { pieces } = await read(feed, near);
    expect(asked).toEqual([{ interval: led(near), page: 1 }]);
    expect(held(pieces)).toEqual([near]);
  });

  test('is held once the provider has listed the start of what was asked', async () => {
    const { feed } = paperFeed({ rows: [rowAt(from)], limits: { maxWindow: 5 * MINUTE } });
    const { pieces } = await read(feed, near);
    expect(held(pieces)).toEqual([near]);
  });
});

describe('a provider that fails', () => {
  test('fails the window; pieces delivered before stay', async () => {
    const down = new UpstreamError('down', { action: 'retry' });
    const { feed } = paperFeed({
      rows: every(10 * SECOND),
      size: 40,
      answer: (page, _, call) => (call === 3 ? Promise.reject(down) : page),
    });
    const pieces: Piece[] = [];
    const reader = createReader({ monotonic: () => 0 });
    const reading = reader.readWindow(feed, window, { turn }, async (piece) => void pieces.push(piece));
    await expect(reading).rejects.toBe(down);
    expect(held(pieces)).toEqual([{ from, to: from + 5 * MINUTE }]);
  });
});

test('pieces and gaps tile any window, and hold every row of it', async () => {
  const rows = fc.array(fc.integer({ min: 0, max: 8_000 }), { maxLength: 60 });
  const law = fc.asyncProperty(
    rows,
    fc.integer({ min: 1, max: 8 }),
    fc.constantFrom('whole', 'pages'),
    async (offsets, size, paging) => {
      const truth = offsets.map((offset, index) => rowAt(from + offset, `-${index}`));
      const asked = { from, to: from + 8_000 };
      const { feed } = paperFeed({ rows: truth, size, paging: paging === 'whole' ? 'whole' : 'pages' });
      const { pieces, unread } = await read(feed, asked);
      const parts = [...held(pieces), ...unread].sort((a, b) => a.from - b.from);
      expect(parts[0]?.from).toBe(asked.from);
      expect(parts.at(-1)?.to).toBe(asked.to);
      for (const [index, part] of parts.slice(1).entries()) expect(part.from).toBe(parts[index]?.to);
      for (const span of held(pieces)) {
        const inside = truth.filter(({ axisAt }) => axisAt >= span.from && axisAt < span.to);
        expect(keysOf(pieces)).toEqual(expect.arrayContaining(inside.map(({ key }) => key)));
      }
    },
  );
  await fc.assert(law);
});
