import { type Decimal, fits, negate, sign, sum } from '../../records/decimal.ts';
import type { Bet, BetOutcome } from '../../records/record.ts';
import type { RowFault } from '../rows.ts';
import { createRecordOf } from '../sent-fields.ts';
import type { VertexPlayOptions } from './options.ts';
import type { BetRow } from './wire.ts';

export type MappingOptions = Pick<VertexPlayOptions, 'betIdField' | 'timeAxis' | 'jackpotInWin'>;

const SETTLED = '2';

/** The fields of a bet that the document may leave out, and has. */
const betOf = createRecordOf('BET', [
  'gameCode',
  'brand',
  'roundId',
  'transferId',
  'sourceId',
  'validStake',
  'jackpotWin',
  'jackpotContribution',
  'placedAt',
  'settledAt',
]);

/** A row of `/v2/betlogs` as a bet, or the reason why it cannot be one. */
export function toBet(row: BetRow, raw: string, options: MappingOptions): Bet | RowFault {
  const key = keyOf(row, options);
  if (typeof key !== 'string') return key;
  const axisAt = options.timeAxis === 'betTime' ? row.betTime : row.txTime;
  if (axisAt === null) return { fault: 'betTime: expected a time, got nothing' };
  const netWin = netWinOf(row, options);
  if (!fits(netWin)) return { fault: 'netWin: more than 20 integer digits or 18 decimals' };
  return betOf({
    key,
    formerKey: formerKeyOf(row, options),
    providerUsername: row.username,
    axisAt,
    versionAt: row.txTime,
    raw,
    gameCode: row.gameCode,
    brand: row.brand,
    roundId: row.roundId,
    transferId: row.transferId,
    sourceId: row.betSourceId,
    currency: row.currency,
    stake: row.actualBetAmt,
    validStake: row.validBetAmt,
    payout: row.winAmt,
    netWin,
    jackpotWin: row.jackpotWin,
    jackpotContribution: row.jackpotContribute,
    status: row.betStatus === SETTLED ? 'SETTLED' : 'UNKNOWN',
    providerStatus: row.betStatus,
    outcome: outcomeOf(netWin),
    placedAt: row.betTime,
    settledAt: row.txTime,
    updatedAt: row.txTime,
  });
}

/** A row with a betId was perhaps known by its transferId; where both are alike it says that it always was its own. */
function formerKeyOf({ betId, transferId }: BetRow, { betIdField }: MappingOptions): string | null {
  return betIdField === 'transferId' || betId === null ? null : transferId;
}

function keyOf(row: BetRow, { betIdField }: MappingOptions): string | RowFault {
  if (betIdField === 'betId') return row.betId ?? { fault: 'betId: expected text, got nothing' };
  if (betIdField === 'transferId')
    return row.transferId ?? { fault: 'transferId: expected text, got nothing' };
  return row.betId ?? row.transferId ?? { fault: 'betId: expected it or transferId, got neither' };
}

/** The key of a row of which not every field could be read: a betId that cannot be read may be another. */
export function keyOfFields(
  { betId, transferId }: Partial<BetRow>,
  { betIdField }: Pick<MappingOptions, 'betIdField'>,
): string | null {
  if (betIdField === 'betId') return betId ?? null;
  if (betIdField === 'transferId') return transferId ?? null;
  return betId === undefined ? null : (betId ?? transferId ?? null);
}

function netWinOf(row: BetRow, { jackpotInWin }: MappingOptions): Decimal {
  const lost = negate(row.actualBetAmt);
  return jackpotInWin ? sum(row.winAmt, lost) : sum(row.winAmt, row.jackpotWin, lost);
}

function outcomeOf(netWin: Decimal): BetOutcome {
  const direction = sign(netWin);
  return direction > 0 ? 'WIN' : direction < 0 ? 'LOSE' : 'PUSH';
}
