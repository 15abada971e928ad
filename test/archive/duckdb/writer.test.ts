import { expect, it } from 'vitest';
import { createWriter } from '../../../src/archive/duckdb/writer.ts';
import { read, unchanged } from '../conformance/sample.ts';

it('lets one commit that cannot be written fail alone, however many came with it', async () => {
  const written: string[] = [];
  const sizes: number[] = [];
  const writer = createWriter(async (jobs) => {
    sizes.push(jobs.length);
    if (jobs.some(({ commit }) => commit.account === 'feed-4')) throw new Error('feed-4 does not fit');
    written.push(...jobs.map(({ commit }) => commit.account));
    return jobs.map(() => unchanged);
  });
  const accounts = Array.from({ length: 10 }, (_, index) => `feed-${index}`);
  const settled = await Promise.allSettled(
    accounts.map((account) => writer.commit({ commit: read(account), now: 1, names: [] })),
  );
  const failed = settled.flatMap((each, index) => (each.status === 'rejected' ? [accounts[index]] : []));
  expect(failed).toEqual(['feed-4']);
  expect(written).toEqual(accounts.filter((account) => account !== 'feed-4'));
  // They did come as one group.
  expect(Math.max(...sizes)).toBe(10);
});
