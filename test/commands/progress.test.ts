import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createProgress } from '../../src/commands/progress.ts';

const MINUTE = 60_000;
const range = { from: Date.UTC(2026, 10, 1), to: Date.UTC(2026, 10, 1) + 60 * MINUTE };

function streamed(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 200 });
  return { stream, text: () => String(stream.read() ?? '') };
}

it('says in a line of JSON how many windows and rows are there, and when the rest will be', () => {
  let now = 0;
  const { stream, text } = streamed(false);
  const feed = createProgress(stream, () => now).feed('a BET', range, 10 * MINUTE);
  now = 5_000;
  feed.reached(range.from + 15 * MINUTE, 120);
  feed.reached(range.from + 15 * MINUTE, 120);
  now = 20_000;
  feed.reached(range.to, 700);
  feed.done();
  const lines = text().trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      feed: 'a BET',
      reached: '2026-11-01T00:15:00.000Z',
      windows: 2,
      ofWindows: 6,
      rows: 120,
      leftMs: 15_000,
    },
    { feed: 'a BET', reached: '2026-11-01T01:00:00.000Z', windows: 6, ofWindows: 6, rows: 700, leftMs: 0 },
    { feed: 'a BET', reached: '2026-11-01T01:00:00.000Z', windows: 6, ofWindows: 6, rows: 700, done: true },
  ]);
});

it('draws a bar a feed on a terminal, with its windows, rows and time left', () => {
  let now = 0;
  const { stream, text } = streamed(true);
  const progress = createProgress(stream, () => now);
  const feed = progress.feed('a BET', range, 10 * MINUTE);
  now = 60_000;
  feed.reached(range.from + 30 * MINUTE, 345);
  progress.stop();
  expect(text()).toMatch(/a BET .* 50 % \| 3 of 6 windows \| 345 rows \| 1m left/);
});
