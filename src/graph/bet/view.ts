import type { StoredRecord } from '../../archive/archive.ts';
import type { RequestContext } from '../context.ts';
import { encodeId } from '../rows/ids.ts';
import { toRowHead } from '../rows/row-head.ts';
import type { BetCredits } from './credits.ts';
import type { Bet } from './type.ts';

/** An archived bet as the viewer may see it. */
export function toBet(context: RequestContext, row: StoredRecord<'BET'>): Bet {
  const head = toRowHead(context, row);
  // Field by field: spreading a thousand rows would cost more than executing the query.
  return {
    __typename: 'Bet',
    id: encodeId('Bet', row.account, row.key),
    account: head.account,
    player: head.player,
    providerUsername: head.providerUsername,
    archivedAt: head.archivedAt,
    raw: head.raw,
    providerBetId: row.key,
    gameCode: row.gameCode,
    gameType: row.gameType,
    betType: row.betType,
    brand: row.brand,
    tableId: row.tableId,
    roundId: row.roundId,
    roundStartedAt: row.roundStartedAt,
    result: row.result,
    odds: row.odds,
    orderId: row.orderId,
    transferId: row.transferId,
    sourceId: row.sourceId,
    currency: row.currency,
    stake: row.stake,
    validStake: row.validStake,
    payout: row.payout,
    netWin: row.netWin,
    refund: row.refund,
    jackpotWin: row.jackpotWin,
    jackpotContribution: row.jackpotContribution,
    rebate: row.rebate,
    credits: toCredits(row),
    status: row.status,
    providerStatus: row.providerStatus,
    outcome: row.outcome,
    placedAt: row.placedAt,
    settledAt: row.settledAt,
    updatedAt: row.updatedAt,
  };
}

function toCredits(row: StoredRecord<'BET'>): BetCredits | null {
  const { realStake, freeStake, promotionStake, realNetWin, freeNetWin, promotionNetWin } = row;
  const hasStake = realStake !== null || freeStake !== null || promotionStake !== null;
  const hasNetWin = realNetWin !== null || freeNetWin !== null || promotionNetWin !== null;
  if (!hasStake && !hasNetWin) return null;
  return { realStake, freeStake, promotionStake, realNetWin, freeNetWin, promotionNetWin };
}
