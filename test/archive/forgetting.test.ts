import { expect, it } from 'vitest';
import type { Forgetting } from '../../src/archive/admin.ts';
import { startForgetting } from '../../src/archive/forgetting.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

/** An archive with so many batches to forget, and what it was asked. */
function paper(batches: readonly (number | Error)[]) {
  const asks: Forgetting[] = [];
  const left = [...batches];
  const archive = {
    async forget(before: Forgetting) {
      asks.push(before);
      const batch = left.shift() ?? 0;
      if (batch instanceof Error) throw batch;
      return batch;
    },
  };
  return { asks, archive };
}

it('forgets batch by batch until there is no more, and says how much that was', async () => {
  const { asks, archive } = paper([5_000, 12]);
  const forgotten = await new Promise<number>((resolve, reject) => {
    const stop = startForgetting({
      ...{ archive, keepVersionsMs: 400 * DAY, now: () => NOW, everyMs: 1, onError: reject },
      onForgotten: (versions) => void stop().then(() => resolve(versions)),
    });
  });
  expect(forgotten).toBe(5_012);
  expect(asks).toHaveLength(3);
  expect(asks[0]).toEqual({ versionsBefore: NOW - 400 * DAY, latenessBefore: NOW - 31 * DAY });
});

it('keeps versions for ever where nothing else is said, and goes on after a failure', async () => {
  const { asks, archive } = paper([new Error('the archive is away'), 0, 0]);
  const failures: unknown[] = [];
  const stop = startForgetting({
    ...{ archive, keepVersionsMs: null, now: () => NOW, everyMs: 1, onForgotten: () => {} },
    onError: (failure) => failures.push(failure),
  });
  await expect.poll(() => asks.length).toBeGreaterThan(1);
  await stop();
  expect(failures).toMatchObject([{ message: 'the archive is away' }]);
  expect(asks[1]?.versionsBefore).toBeNull();
});
