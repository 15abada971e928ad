import { fits, sign, sum } from '../../records/decimal.ts';
import type { Bet, BetOutcome, Transfer, TransferDirection } from '../../records/record.ts';
import type { RowFault } from '../rows.ts';
import { createRecordOf } from '../sent-fields.ts';
import type { BetRow, TransferRow } from './wire.ts';

/** The fields of a bet that the document may leave out, and has. */
const betOf = createRecordOf('BET', [
  'gameCode',
  'gameType',
  'betType',
  'tableId',
  'roundId',
  'roundStartedAt',
  'result',
  'odds',
  'validStake',
  'rebate',
  'realStake',
  'freeStake',
  'promotionStake',
  'realNetWin',
  'freeNetWin',
  'promotionNetWin',
  'placedAt',
  'settledAt',
]);

/** A record of 3.7 as a bet in the account's currency, or the reason why it cannot be one. */
export function toBet(row: BetRow, raw: string, currency: string): Bet | RowFault {
  // winLoss leaves the stake out (3.7), so what was paid out is both together.
  const payout = sum(row.betAmount, row.winLoss);
  if (!fits(payout)) return { fault: 'payout: more than 20 integer digits or 18 decimals' };
  return betOf({
    key: row.txId,
    formerKey: null,
    providerUsername: row.userId,
    axisAt: row.updateTime,
    versionAt: row.updateTime,
    raw,
    gameCode: row.gameCode,
    gameType: row.gameType,
    betType: row.category,
    tableId: row.tableId,
    roundId: row.roundId,
    roundStartedAt: row.roundStartTime,
    result: row.result,
    odds: row.odds,
    currency,
    stake: row.betAmount,
    validStake: row.validBet,
    payout,
    netWin: row.winLoss,
    rebate: row.commission,
    realStake: row.realCredit,
    freeStake: row.freeCredit,
    promotionStake: row.promotionCredit,
    realNetWin: row.realCreditWinLoss,
    freeNetWin: row.freeCreditWinLoss,
    promotionNetWin: row.promotionCreditWinLoss,
    status: 'SETTLED',
    providerStatus: row.status ?? '',
    outcome: outcomeOf(row),
    placedAt: row.betTime,
    settledAt: row.updateTime,
    updatedAt: row.updateTime,
  });
}

// The texts of 5.6 are not public: these two are in the sample, others are not guessed at.
function outcomeOf({ status, winLoss }: BetRow): BetOutcome {
  if (status === 'WIN' || status === 'LOSE') return status;
  if (status !== null && status !== '') return 'UNKNOWN';
  const direction = sign(winLoss);
  return direction > 0 ? 'WIN' : direction < 0 ? 'LOSE' : 'PUSH';
}

/** A record of 4.6 as a transfer in the account's currency. */
export function toTransfer(row: TransferRow, raw: string, currency: string): Transfer {
  return {
    key: row.transactionCode,
    formerKey: null,
    providerUsername: row.userId,
    axisAt: row.createDate,
    versionAt: null,
    raw,
    direction: directionOf(row),
    currency,
    amount: row.amount,
    freeCredit: row.freeCredit,
    balanceBefore: row.preBalance,
    balanceAfter: row.currentBalance,
    freeCreditBefore: row.preFreeCredit,
    freeCreditAfter: row.currentFreeCredit,
    realCreditBefore: row.preRealCredit,
    createdAt: row.createDate,
  };
}

/** By the sign of amount, else of freeCredit; where nothing moved it counts as a deposit. */
function directionOf({ amount, freeCredit }: TransferRow): TransferDirection {
  const direction = sign(amount) || (freeCredit === null ? 0 : sign(freeCredit));
  return direction < 0 ? 'WITHDRAWAL' : 'DEPOSIT';
}

/** The keys of records of which not every field could be read. */
export const keyOfBet = ({ txId }: Partial<BetRow>): string | null => txId ?? null;
export const keyOfTransfer = ({ transactionCode }: Partial<TransferRow>): string | null =>
  transactionCode ?? null;
