import type { RequestContext } from '../../graph/context.ts';
import { cover, feedsOf, visibleAccounts } from '../../graph/selection/scope.ts';
import type { FeedCoverage, Gap } from '../../records/coverage.ts';
import type { Interval } from '../../records/interval.ts';
import { conjuncts } from './bounds.ts';
import type { NamedRow } from './evaluate.ts';
import type { Expression } from './expression.ts';

// Providers keep their rows this long: what is older can no longer be fetched.
const DEFAULT_SPAN_MS = 40 * 86_400_000;

/**
 * One row for every part of a feed's time: FINAL, HELD or GAP with its reason. A GAP is what an operator should act on
 * or wait for: neither the future nor what is too young to be held, nor what nobody wants or can have any more. Bounds on `from` and `to` say which
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
  const since = context.deps.syncSince ?? null;
  return covered.feeds.flatMap((part) => {
    const feed = feeds.find((each) => each.account.id === part.account && each.kind === part.kind);
    const { settlementLag = 0, openMaxAge = 0 } = feed?.limits ?? {};
    return partsOf(part, { since, until: context.deps.clock() - settlementLag - openMaxAge });
  });
}

interface Due {
  /** From when on rows are wanted; null as far back as there are any. */
  readonly since: number | null;
  /** What is younger is not due yet. */
  readonly until: number;
}

/** A gap as far as it is due; null where nothing of it is. */
function dueOf(gap: Gap, { since, until }: Due): Gap | null {
  // Of what the provider no longer has, only what was wanted is a loss.
  const isLost = gap.reason === 'BEYOND_RETENTION';
  if (gap.reason === 'IN_FUTURE' || (isLost && since === null)) return null;
  const cut = { ...gap, from: Math.max(gap.from, since ?? gap.from), to: Math.min(gap.to, until) };
  return cut.from < cut.to ? cut : null;
}

function partsOf({ account, kind, held, finalUntil, coverage }: FeedCoverage, due: Due): readonly NamedRow[] {
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
  const gaps = coverage.gaps.map((gap) => dueOf(gap, due)).filter((gap) => gap !== null);
  const missing = gaps.map(
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
