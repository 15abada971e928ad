import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UpstreamError } from '../../src/errors.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { type Piece, readWindow } from '../../src/feeds/reader.ts';
import type { Page } from '../../src/providers/provider.ts';
import { unknownClock } from '../../src/records/clock-reading.ts';
import { NOW, type PaperOptions, paperFeed, rowAt } from './paper-provider.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const from = NOW - 60 * MINUTE;
const window = { from, to: from + 10 * MINUTE };
const turn = { lane: 'interactive', order: 0, served() {} } as const;

async function read(feed: Feed, asked = window) {
  const pieces: Piece[] = [];
  const unread = await readWindow(feed, asked, { turn }, async (piece) => void pieces.push(piece));
  return { pieces, unread };
}

const every = (ms: number, length = window.to - from) =>
  Array.from({ length: Math.floor(length / ms) }, (_, index) => rowAt(from + index * ms));
const keysOf = (pieces: readonly Piece[]) => [
  ...new Set(pieces.flatMap(({ rows }) => rows.map(({ key }) => key))),
];
const held = (pieces: readonly Piece[]) =>
  pieces.flatMap(({ interval }) => (interval === null ? [] : [interval]));

describe('an answer that comes whole', () => {
  test('is one call and one piece, the row at the end included', async () => {
    const rows = [rowAt(from), rowAt(window.to)];
    const { feed, asked } = paperFeed({ rows });
    const { pieces, unread } = await read(feed);
    expect(asked).toEqual([{ interval: window, page: 1 }]);
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
        interval.to - interval.from > 5 * MINUTE ? Promise.reject(tooLarge) : page,
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
    expect(held(pieces)).toEqual([interval]);
  });

  test('is not what the provider could not yet know: its own answer tells its time', async () => {
    const departure = { ...unknownClock(NOW), providerAt: () => from + 5 * MINUTE };
    const late = paperFeed({ rows: every(MINUTE), departure });
    const { pieces } = await read(late.feed);
    expect(late.asked).toEqual([{ interval: window, page: 1 }]);
    expect(held(pieces)).toEqual([{ from, to: from + 5 * MINUTE }]);
    const early = paperFeed({ departure: { ...departure, providerAt: () => from } });
    const nothing = await read(early.feed);
    expect(nothing.pieces.map(({ interval, providerAt }) => [interval, providerAt])).toEqual([[null, from]]);
  });

  test('is rounded inwards to what the provider can spell', async () => {
    const { feed, asked } = paperFeed({ stepMs: SECOND });
    await read(feed, { from: from + 1, to: from + 2_999 });
    expect(asked[0]?.interval).toEqual({ from: from + SECOND, to: from + 2 * SECOND });
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

  test('are read until one is short, all of one interval', async () => {
    const { feed, asked } = paged();
    const { pieces } = await read(feed);
    expect(asked).toEqual([1, 2, 3, 4].map((page) => ({ interval: window, page })));
    expect(pieces).toHaveLength(1);
    expect(keysOf(pieces)).toHaveLength(10);
  });

  test('are read on where the last one is full: only a short one is the last', async () => {
    const { feed, asked } = paged({ size: 5 });
    await read(feed);
    expect(pagesOf(asked)).toEqual([1, 2, 3]);
  });

  test('are read again while their rows are not as many as the provider counts', async () => {
    const { feed, asked } = paged({
      answer: (page, _, call) => (call === 2 ? { ...page, rows: page.rows.slice(1) } : page),
    });
    const { pieces, unread } = await read(feed);
    expect(pagesOf(asked)).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(keysOf(pieces)).toHaveLength(10);
    expect(unread).toEqual([]);
  });

  test('that contradict themselves three times are asked for in halves', async () => {
    const miscounted = (page: Page) => ({ ...page, total: 11 });
    const { feed, asked } = paged({
      size: 100,
      answer: (page, { interval }) => (interval.to - interval.from === 10 * MINUTE ? miscounted(page) : page),
    });
    const { pieces } = await read(feed);
    expect(pagesOf(asked)).toEqual([1, 1, 1, 1, 1]);
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
    const second = { from, to: from + SECOND };
    for (const total of [10, null]) {
      const { feed, asked } = paged({ answer: (page) => ({ ...page, rows: first, count: 3, total }) });
      const { pieces, unread } = await read(feed, second);
      expect(asked).toHaveLength(3 * 2);
      expect(pieces).toMatchObject([{ interval: null }]);
      expect(unread).toMatchObject([{ reason: 'TOO_MANY_ROWS' }]);
    }
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

  test('without a count stand when one is short', async () => {
    const { feed, asked } = paged({ answer: (page) => ({ ...page, total: null }) });
    const { pieces } = await read(feed);
    expect(asked).toHaveLength(4);
    expect(held(pieces)).toEqual([window]);
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
    const reading = readWindow(feed, window, { turn }, async (piece) => void pieces.push(piece));
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
