import type { RequestContext } from '../../graph/context.ts';
import { cover, feedsOf, visibleAccounts } from '../../graph/selection/scope.ts';
import type { FeedCoverage } from '../../records/coverage.ts';
import type { Interval } from '../../records/interval.ts';
import { conjuncts } from './bounds.ts';
import type { NamedRow } from './evaluate.ts';
import type { Expression } from './expression.ts';

// Providers keep their rows this long: what is older can no longer be fetched.
const DEFAULT_SPAN_MS = 40 * 86_400_000;

/**
 * One row for every part of a feed's time: FINAL, HELD or GAP with its reason. Bounds on `from` and `to` say which
 * range is meant, and parts are cut to it; without one it is the last 40 days.
 */
export async function readCoverage(
  context: RequestContext,
  filter: Expression | null,
): Promise<readonly NamedRow[]> {
  const range = rangeOf(filter, context.deps.clock());
  if (range.from >= range.to) return [];
  const feeds = feedsOf(context, visibleAccounts(context), null);
  const covered = await cover(context, feeds, range, null);
  return covered.feeds.flatMap((feed) => partsOf(feed));
}

function partsOf({ account, kind, held, finalUntil, coverage }: FeedCoverage): readonly NamedRow[] {
  const finalTo = finalUntil ?? Number.NEGATIVE_INFINITY;
  const none = { reason: null, retryAt: null, message: null };
  const kept = held.flatMap(({ from, to }): NamedRow[] => {
    const middle = Math.min(Math.max(from, finalTo), to);
    const parts = [
      { account, kind, from, to: middle, state: 'FINAL', ...none },
      { account, kind, from: middle, to, state: 'HELD', ...none },
    ];
    return parts.filter((part) => part.from < part.to);
  });
  const missing = coverage.gaps.map(
    ({ from, to, reason, retryAt, message }): NamedRow => ({
      account,
      kind,
      from,
      to,
      state: 'GAP',
      reason,
      retryAt,
      message,
    }),
  );
  return [...kept, ...missing].sort((a, b) => Number(a['from']) - Number(b['from']));
}

function rangeOf(filter: Expression | null, now: number): Interval {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  for (const part of filter === null ? [] : conjuncts(filter)) {
    if (!('value' in part) || part.op === 'constant' || part.op === 'startswith') continue;
    if (part.property.type !== 'time' || part.property.name === 'retryAt' || part.value === null) continue;
    if (part.op === 'ge' || part.op === 'gt') from = Math.max(from, Number(part.value));
    if (part.op === 'le' || part.op === 'lt') to = Math.min(to, Number(part.value));
  }
  const end = Number.isFinite(to) ? to : now;
  return { from: Number.isFinite(from) ? from : end - DEFAULT_SPAN_MS, to: end };
}
