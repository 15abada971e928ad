import type { PaceRule } from '../records/pace.ts';
import type { FeedLimits } from './provider.ts';

/** The rule that a feed's limits set for all calls under `key`. */
export function paceRule(key: string, { minInterval, quota }: FeedLimits): PaceRule {
  return {
    key,
    minIntervalMs: minInterval,
    quota: quota === null ? null : { calls: quota.calls, perMs: quota.per },
  };
}
