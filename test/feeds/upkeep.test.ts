import { expect, test } from 'vitest';
import type { FeedKey } from '../../src/archive/archive.ts';
import { watchUpkeep } from '../../src/feeds/leases.ts';
import { paperFeed } from './paper-provider.ts';

const { feed } = paperFeed();
const key: FeedKey = { account: feed.account.id, kind: feed.kind };

test('whoever waits for a feed hears when it is given back, and not of its windows', async () => {
  let release: (feed: FeedKey, from: number | null) => void = () => {};
  const freed = watchUpkeep({
    onReleased(listener) {
      release = listener;
      return () => {};
    },
  });
  const heard: string[] = [];
  const first = freed(feed);
  void first.then(() => heard.push('first'));
  expect(freed(feed)).toBe(first);
  release(key, 600_000);
  release({ ...key, account: 'other' }, null);
  await new Promise(setImmediate);
  expect(heard).toEqual([]);
  release(key, null);
  await first;
  expect(heard).toEqual(['first']);
  expect(freed(feed)).not.toBe(first);
});
