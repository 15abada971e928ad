import type { HeldSpan } from '../../archive/archive.ts';
import { BadUserInputError } from '../../errors.ts';
import type { Feed } from '../../feeds/feed.ts';
import { type Interval, subtract } from '../../records/interval.ts';
import type { RequestContext } from '../context.ts';
import { show } from '../rows/ids.ts';
import { loadersOf, loadVisible } from '../rows/loaders.ts';
import { checkAccount, cover, feedsOf } from '../selection/scope.ts';
import type { TransferVerdict } from './verdict.ts';
import { toTransfer } from './view.ts';

// The operator's clock and the provider's may differ by this much either way.
const CLOCKS_DIFFER_MS = 5 * 60_000;
// A transfer call that has not been recorded this long after it left has ended without effect.
const ARRIVES_WITHIN_MS = 5 * 60_000;

export interface StatusAsk {
  readonly feed: Feed;
  readonly key: string;
  readonly sentAt: number;
  readonly maxWaitMs: number;
}

/** The transfer feed of an account; a BadUserInputError where there is no such account, or it has no transfers. */
export function checkTransferAccount(context: RequestContext, id: string): Feed {
  const account = checkAccount(context, 'account', id);
  const [feed] = feedsOf(context, [account], 'TRANSFER');
  if (feed !== undefined) return feed;
  throw new BadUserInputError(`account: expected an account whose provider lists transfers, got ${show(id)}`);
}

/** Whether a transfer arrived. Absence is only said where every read behind it came late enough to prove it. */
export async function findVerdict(context: RequestContext, ask: StatusAsk): Promise<TransferVerdict> {
  const { deps } = context;
  const { feed, key, sentAt } = ask;
  const rowKey = { account: feed.account.id, key };
  const searched = { from: sentAt - CLOCKS_DIFFER_MS, to: sentAt + CLOCKS_DIFFER_MS + ARRIVES_WITHIN_MS };
  const verdict = { searched, transfer: null, provenAt: null, retryAt: null };

  const loader = loadersOf(context).rows.TRANSFER;
  const archived = await loadVisible(context, loader, rowKey);
  if (archived !== null) return { ...verdict, state: 'ARRIVED', transfer: toTransfer(context, archived) };

  const { coverage } = await cover(context, [feed], searched, ask.maxWaitMs);
  // The ledger before the row: what comes in between is found, and never called absent.
  const { settlementLag } = feed.limits;
  const age = { account: feed.account.id, kind: feed.kind, settlementLag, finalAfter: settlementLag };
  const spans = await deps.archive.coverage([age], searched);
  const fetched = await loadVisible(context, loader.clear(rowKey), rowKey);
  if (fetched !== null) return { ...verdict, state: 'ARRIVED', transfer: toTransfer(context, fetched) };

  const provenAt = proofOf(spans, searched, settlementLag);
  if (provenAt !== null) return { ...verdict, state: 'NOT_ARRIVED', provenAt };
  const retries = coverage.gaps.map(({ retryAt }) => retryAt).filter((at) => at !== null);
  const closesAt = searched.to + settlementLag;
  const fallback =
    coverage.gaps.length > 0 ? null : Math.max(closesAt, deps.clock() + feed.limits.openMaxAge);
  return {
    ...verdict,
    state: 'NOT_YET_KNOWN',
    retryAt: retries.length > 0 ? Math.min(...retries) : fallback,
  };
}

/** When the last part of `searched` was read late enough, or null where some part never was. */
function proofOf(spans: readonly HeldSpan[], searched: Interval, settlementLag: number): number | null {
  const proving = spans.filter(({ state, quarantined }) => state !== 'open' && quarantined === 0);
  if (subtract(searched, proving).length > 0) return null;
  // `readAt` is a span's oldest read; the one that held its end came no earlier than end + lag.
  return Math.max(searched.to + settlementLag, ...proving.map(({ readAt }) => readAt));
}
