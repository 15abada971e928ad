import { LosslessNumber } from 'lossless-json';
import { fromUnits } from '../../records/decimal.ts';
import type { CasinoBet, CasinoTransfer } from '../casino.ts';
import { toCompactJson } from '../json.ts';
import { formatOffsetTime } from '../times.ts';
import type { Row } from './sandbox-rows.ts';

const money = (units: bigint, scale: number) => new LosslessNumber(fromUnits(units, scale));

/** A bet as 3.7 lists it. */
export function betRow(bet: CasinoBet): Row {
  const { stake, payout, scale } = bet;
  const winLoss = payout - stake;
  const status = winLoss > 0n ? 'WIN' : winLoss < 0n ? 'LOSE' : 'TIE';
  const amount = (units: bigint) => money(units, scale);
  const text = toCompactJson({
    txId: `LH-${bet.id}`,
    gameType: bet.game.type,
    gameCode: bet.game.code,
    betAmount: amount(stake),
    realCredit: amount(stake),
    freeCredit: amount(0n),
    promotionCredit: amount(0n),
    updateTime: formatOffsetTime(bet.settledAt),
    betTime: formatOffsetTime(bet.placedAt),
    agentId: 'sandboxhrg',
    userId: bet.username,
    category: payout * 100n === stake * 195n ? 'Banker' : 'Player',
    tableId: 1 + (bet.game.code.length % 9),
    roundId: `RND-${bet.roundId}`,
    roundStartTime: formatOffsetTime(bet.placedAt - 8_000),
    result: [],
    odds: new LosslessNumber(fromUnits((winLoss * 100n) / stake, 2)),
    winLoss: amount(winLoss),
    validBet: amount(status === 'TIE' ? 0n : stake),
    status,
    commission: amount(0n),
    realCreditWinLoss: amount(winLoss),
    freeCreditWinLoss: amount(0n),
    promotionCreditWinLoss: amount(0n),
  });
  return { userId: bet.username, text };
}

/** A transfer as 4.6 lists it. */
export function transferRow({ code, username, scale, amount, before, at }: CasinoTransfer): Row {
  const text = toCompactJson({
    transactionCode: code,
    agentId: 'sandboxhrg',
    userId: username,
    amount: fromUnits(amount, scale),
    freeCredit: fromUnits(0n, scale),
    preBalance: fromUnits(before, scale),
    preFreeCredit: fromUnits(0n, scale),
    preRealCredit: fromUnits(before, scale),
    currentBalance: fromUnits(before + amount, scale),
    currentFreeCredit: fromUnits(0n, scale),
    createDate: formatOffsetTime(at),
  });
  return { userId: username, text };
}
