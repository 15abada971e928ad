import { expect, test } from 'vitest';
import { allowedPerMinute } from '../../src/records/pace.ts';

test.each([
  [{ minIntervalMs: 3_000, quota: null }, 20],
  [{ minIntervalMs: 0, quota: { calls: 500, perMs: 60_000 } }, 500],
  [{ minIntervalMs: 200, quota: { calls: 10, perMs: 30_000 } }, 20],
  [{ minIntervalMs: 7_000, quota: { calls: 500, perMs: 60_000 } }, 8],
  [{ minIntervalMs: 0, quota: null }, null],
])('a minute of %j has room for %j calls', (rule, allowed) => {
  expect(allowedPerMinute({ key: 'k', ...rule })).toBe(allowed);
});
