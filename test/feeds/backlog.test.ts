import { expect, it } from 'vitest';
import { createBacklog, whileAble } from '../../src/feeds/backlog.ts';
import { paperFeed } from './paper-provider.ts';

const { feed } = paperFeed();
const other = { ...feed, account: { ...feed.account, id: 'other' } };

it('lets as many windows begin as bring what may be held, by the fullest of late', () => {
  const backlog = createBacklog({ mostOfFeed: 100 });
  const [first, second] = [backlog.begin(feed), backlog.begin(feed)];
  expect(backlog.backpressure(feed)).not.toBeNull();
  expect(backlog.backpressure(other)).toBeNull();
  first.read(20);
  first.written(20);
  first.end();
  second.end();
  // Half of what may be held was expected to begin with; now four fifths of four fifths of it.
  for (let begun = 0; begun < 3; begun += 1) {
    expect(backlog.backpressure(feed)).toBeNull();
    backlog.begin(feed);
  }
  expect(backlog.backpressure(feed)).not.toBeNull();
});

it('learns what a window brought once it was read, however long the archive takes over it', () => {
  const backlog = createBacklog({ mostOfFeed: 100 });
  for (let begun = 0; begun < 2; begun += 1) backlog.begin(feed).read(1, true);
  // Four fifths of four fifths of 50, and the two rows that wait.
  for (let begun = 0; begun < 3; begun += 1) {
    expect(backlog.backpressure(feed)).toBeNull();
    backlog.begin(feed);
  }
  expect(backlog.backpressure(feed)).not.toBeNull();
});

it('does not learn it twice when the window ends', () => {
  const backlog = createBacklog({ mostOfFeed: 100 });
  const window = backlog.begin(feed);
  window.read(0, true);
  window.written(0);
  window.end();
  // 40 are expected of each.
  backlog.begin(feed);
  expect(backlog.backpressure(feed)).toBeNull();
  backlog.begin(feed);
  expect(backlog.backpressure(feed)).not.toBeNull();
});

it('says when to look again: once rows are written, or a window is given up', async () => {
  const backlog = createBacklog({ mostOfFeed: 100 });
  const window = backlog.begin(feed);
  window.read(90);
  const eased = backlog.backpressure(feed);
  expect(eased).not.toBeNull();
  window.written(90);
  await eased;
  const given = backlog.begin(feed);
  const again = backlog.backpressure(feed);
  expect(again).not.toBeNull();
  given.end();
  await again;
  expect(backlog.backpressure(feed)).toBeNull();
});

it('reads a window that is larger than all there is room for, alone', () => {
  const backlog = createBacklog({ mostOfFeed: 100 });
  const large = backlog.begin(feed);
  large.read(1_000);
  expect(backlog.backpressure(feed)).not.toBeNull();
  large.written(1_000);
  large.end();
  expect(backlog.backpressure(feed)).toBeNull();
});

it('holds every feed up while too much waits for the archive', async () => {
  const backlog = createBacklog({ mostOfFeed: 100, most: 150 });
  const [one, two] = [backlog.begin(feed), backlog.begin(other)];
  one.read(100);
  two.read(100);
  const third = { ...feed, account: { ...feed.account, id: 'third' } };
  backlog.begin(third);
  const eased = backlog.backpressure(third);
  expect(eased).not.toBeNull();
  two.end();
  await eased;
  expect(backlog.backpressure(third)).toBeNull();
});

it('lets no window begin while the archive cannot take its rows', async () => {
  const trouble = { reason: 'the disk is full', readable: true };
  let found: typeof trouble | null = trouble;
  let back = () => {};
  const able = new Promise<void>((resolve) => {
    back = resolve;
  });
  const backlog = whileAble(createBacklog(), { trouble: () => found, able: () => able });
  expect(backlog.backpressure(feed)).toBe(able);
  found = null;
  back();
  expect(backlog.backpressure(feed)).toBeNull();
});
