import type { Config } from '../config/config.ts';
import type { Feed } from '../feeds/feed.ts';

/**
 * Calls a second, each with a commit at its end, that one DuckDB file keeps up with beside its readers: two thirds of
 * what a busy machine was measured to do (docs/operations.md, "When one machine is outgrown").
 */
export const DUCKDB_CALLS_A_SECOND = 20;

/** The most calls a second that the feeds' paces allow; accounts that share a provider's rule share its calls. */
export function callsASecond(feeds: readonly Feed[]): number {
  const rules = new Map(feeds.map(({ pace }) => [pace.key, pace]));
  let calls = 0;
  for (const { minIntervalMs, quota } of rules.values()) {
    const byQuota = quota === null ? Number.POSITIVE_INFINITY : (quota.calls * 1_000) / quota.perMs;
    // Where a provider states no rule, answers themselves take about this long.
    calls += Math.min(1_000 / Math.max(minIntervalMs, 300), byQuota);
  }
  return calls;
}

/** Warns that the feeds may bring more than the archive keeps up with; null where it keeps up. */
export function capacityWarning({ archive }: Pick<Config, 'archive'>, feeds: readonly Feed[]): string | null {
  const calls = callsASecond(feeds);
  if (!archive.url.startsWith('duckdb:') || calls <= DUCKDB_CALLS_A_SECOND) return null;
  return (
    `archive: ${feeds.length} feeds may bring ${calls.toFixed(1)} answers a second, more than the ` +
    `${DUCKDB_CALLS_A_SECOND} that a DuckDB file is sure to keep up with: move to PostgreSQL (countroom copy-archive)`
  );
}
