import type { RequestContext } from '../context.ts';
import { isVisible, loadersOf, type RowKey } from '../rows/loaders.ts';
import { findAccount } from '../selection/scope.ts';
import type { Bet } from './type.ts';
import { toBet } from './view.ts';

/**
 * One bet, from the archive or else, where the viewer may ask providers, from its provider's detail operation; null where
 * neither has it or the viewer may not see it. Where the provider was not asked, for want of a time or of calls left to
 * this viewer, a notice says so.
 */
export async function findBet(
  context: RequestContext,
  rowKey: RowKey,
  near: number | null,
): Promise<Bet | null> {
  const { deps, notices, viewer, payer } = context;
  if (findAccount(context, rowKey.account) === null) return null;
  const loader = loadersOf(context).rows.BET;
  let row = await loader.load(rowKey);
  if (row === null && viewer.fetches) {
    const outcome = await deps.readDetail(rowKey.account, rowKey.key, near, payer);
    if (outcome === 'NEEDS_NEAR') {
      notices.push({
        code: 'DETAIL_NEEDS_NEAR',
        message: `${rowKey.account}: bet "${rowKey.key}" is not archived, and its provider can look it up only round a time: give near`,
      });
    }
    if (outcome === 'UNPAID' && payer !== undefined) {
      notices.push({
        code: 'DETAIL_RATE_LIMITED',
        message: `${rowKey.account}: bet "${rowKey.key}" is not archived, and its provider was not asked: ${payer.refusal().message}`,
      });
    }
    if (outcome !== 'FETCHED') return null;
    row = await loader.clear(rowKey).load(rowKey);
  }
  return row !== null && isVisible(context, row) ? toBet(context, row) : null;
}
