import { expect, it } from 'vitest';
import { callsASecond, capacityWarning, DUCKDB_CALLS_A_SECOND } from '../../src/commands/capacity.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import type { PaceRule } from '../../src/records/pace.ts';

const feed = (key: string, pace: Partial<PaceRule> = {}) =>
  ({ pace: { key, minIntervalMs: 3_000, quota: null, ...pace } }) as Feed;
const many = (count: number) => Array.from({ length: count }, (_, index) => feed(`agent ${index}`));

it('counts the calls that the providers’ rules allow, once a rule', () => {
  expect(callsASecond([feed('a'), feed('a'), feed('b')])).toBeCloseTo(2 / 3);
  const quota = { calls: 500, perMs: 60_000 };
  expect(callsASecond([feed('a', { minIntervalMs: 0, quota })])).toBeCloseTo(10 / 3);
  expect(callsASecond([feed('a', { quota: { calls: 6, perMs: 60_000 } })])).toBeCloseTo(0.1);
});

it('warns of more feeds than a DuckDB file is sure to keep up with, and never on PostgreSQL', () => {
  const enough = many(3 * DUCKDB_CALLS_A_SECOND);
  const [file, server] = ['duckdb:a.duckdb', 'postgres://db/a'].map((url) => ({
    archive: { url, memoryMb: 512, keepVersions: null },
  }));
  expect(capacityWarning(file!, enough)).toBeNull();
  expect(capacityWarning(file!, [...enough, feed('one more')])).toMatch(/61 feeds .* move to PostgreSQL/);
  expect(capacityWarning(server!, many(500))).toBeNull();
});
