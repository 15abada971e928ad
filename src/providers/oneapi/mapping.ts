import { type Decimal, fits, negate, sign, sum } from '../../records/decimal.ts';
import type { Bet, BetOutcome, BetStatus } from '../../records/record.ts';
import type { RowFault } from '../rows.ts';
import { createRecordOf } from '../sent-fields.ts';
import type { Options } from './options.ts';
import type { Row } from './wire.ts';

const COMPLETED = '1';
const outcomes: Readonly<Record<-1 | 0 | 1, BetOutcome>> = { [-1]: 'LOSE', 0: 'PUSH', 1: 'WIN' };

/** The fields of a bet that the document may leave out, and has. */
const betOf = createRecordOf('BET', ['gameCode', 'gameType', 'orderId', 'validStake', 'refund', 'settledAt']);

/** The bet of one row; a fault where the player's net win does not fit. */
export function toBet(
  row: Row,
  raw: string,
  options: Pick<Options, 'refundInWin' | 'statuses'>,
): Bet | RowFault {
  const netWin = netWinOf(row, options.refundInWin);
  if (!fits(netWin)) return { fault: 'netWin: more than 20 integer digits or 18 decimals' };
  return betOf({
    key: row.betId,
    formerKey: null,
    providerUsername: row.playerId,
    axisAt: row.timestamp,
    versionAt: row.timestamp,
    raw,
    gameCode: row.gameCode,
    gameType: row.category,
    orderId: row.orderId,
    currency: row.currency,
    stake: row.bet,
    validStake: row.effectiveTurnover,
    payout: row.win,
    netWin,
    refund: row.refundAmount,
    status: statusOf(row, options.statuses),
    providerStatus: row.status,
    outcome: outcomes[sign(netWin)],
    settledAt: row.timestamp,
    updatedAt: row.timestamp,
  });
}

function netWinOf({ bet, win, refundAmount }: Row, refundInWin: boolean): Decimal {
  const back = refundInWin || refundAmount === null ? [win] : [win, refundAmount];
  return sum(...back, negate(bet));
}

function statusOf({ status, refundAmount }: Row, known: Options['statuses']): BetStatus {
  const named = Object.hasOwn(known, status) ? known[status] : undefined;
  if (named !== undefined) return named;
  if (status !== COMPLETED) return 'UNKNOWN';
  return refundAmount !== null && sign(refundAmount) > 0 ? 'REFUNDED' : 'SETTLED';
}

/** The key of a row of which not every field could be read. */
export function keyOfFields({ betId }: Partial<Row>): string | null {
  return betId ?? null;
}
