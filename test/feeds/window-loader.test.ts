import { expect, it } from 'vitest';
import type { Feed } from '../../src/feeds/feed.ts';
import type { FillOptions, Ticket } from '../../src/feeds/filler.ts';
import { createWindowLoader } from '../../src/feeds/window-loader.ts';
import type { Window } from '../../src/records/window.ts';
import { feeds } from '../graph/harness.ts';

interface Fill {
  readonly feed: Feed;
  readonly windows: readonly Window[];
  readonly options: FillOptions;
}

const [one, other] = feeds as [Feed, Feed];
const window = (from: number): Window => ({ from, to: from + 10 });

function createLoader() {
  const fills: Fill[] = [];
  const filler = {
    fill(feed: Feed, windows: readonly Window[], options: FillOptions): readonly Ticket[] {
      fills.push({ feed, windows, options });
      return windows.map(() => ({ done: Promise.resolve(), join: () => () => {} }));
    },
  };
  return { fills, loader: createWindowLoader(filler, async (_feed, { from }) => from > 0) };
}

it('shares the ticket of a window among all fields that ask for it, in one call of the filler a feed', async () => {
  const { fills, loader } = createLoader();
  const keys = [
    { feed: one, window: window(10), knownAt: 7 },
    { feed: other, window: window(10), knownAt: 6 },
    { feed: one, window: window(20), knownAt: 5 },
    { feed: one, window: window(10), knownAt: 8 },
  ];
  const [first, ofOther, second, again] = await Promise.all(keys.map((key) => loader.load(key)));
  expect(again).toBe(first);
  expect(new Set([first, ofOther, second]).size).toBe(3);
  expect(fills.map(({ feed, windows }) => [feed, windows])).toEqual([
    [one, [window(10), window(20)]],
    [other, [window(10)]],
  ]);
});

it('lets nothing count as read that was finished before the first of them looked', async () => {
  const { fills, loader } = createLoader();
  await Promise.all(
    [7, 5].map((knownAt, index) => loader.load({ feed: one, window: window(index), knownAt })),
  );
  expect(fills.map(({ options }) => options.knownAt)).toEqual([5]);
  expect(await fills[0]?.options.isWanted(window(1))).toBe(true);
  expect(await fills[0]?.options.isWanted(window(0))).toBe(false);
});
