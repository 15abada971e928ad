import { LosslessNumber } from 'lossless-json';
import { fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import { toCompactJson } from '../json.ts';
import { type Draw, drawFrom, type RowSeed, seedsIn } from '../seeded.ts';
import { formatOffsetTime } from '../times.ts';

/** A row and whose it is. */
export interface Row {
  readonly userId: string;
  readonly text: string;
}

/** The records of 3.7 with an updateTime in `[from, to)`. */
export function betsIn(interval: Interval, rowsPerMinute: number): Row[] {
  return seedsIn(interval, rowsPerMinute).map((seed) => rowOf(betOf(seed)));
}

/** The records of 4.6 with a createDate in `[from, to)`. */
export function transfersIn(interval: Interval, rowsPerMinute: number): Row[] {
  return seedsIn(interval, rowsPerMinute).map((seed) => rowOf(transferOf(seed)));
}

function rowOf(row: { readonly userId: string }): Row {
  return { userId: row.userId, text: toCompactJson(row) };
}

const RANKS = 13;
const DAY = 86_400_000;

// Stakes are whole tens, so that 0.95 of them has one decimal.
const endings = [
  { status: 'WIN', odds: '0.95', share: 95n },
  { status: 'WIN', odds: '1.0', share: 100n },
  { status: 'LOSE', odds: '-1.0', share: -100n },
  { status: 'LOSE', odds: '-1.0', share: -100n },
  { status: 'TIE', odds: '0.0', share: 0n },
] as const;

function betOf({ at, minute, index }: RowSeed) {
  const draw = drawFrom(minute, index, 2);
  const tens = BigInt(1 + draw.integer(50));
  const { status, odds, share } = draw.pick(endings);
  const stake = tens * 100n;
  const winLoss = (stake * share) / 100n;
  const free = draw.once(8);
  // A bet changed by the provider comes with a late updateTime.
  const placedAt = at - 2_000 - draw.integer(20_000) - (draw.once(30) ? DAY : 0);
  return {
    txId: `AAA-${at}`,
    gameType: 'LIVE',
    gameCode: draw.pick(['BACCARAT', 'BACCARAT', 'ROULETTE', 'SICBO']),
    betAmount: tenths(stake),
    realCredit: tenths(free ? 0n : stake),
    freeCredit: tenths(free ? stake : 0n),
    promotionCredit: tenths(0n),
    updateTime: formatOffsetTime(at),
    betTime: formatOffsetTime(placedAt),
    agentId: 'sandboxhrg',
    userId: userOf(draw),
    category: draw.pick(['Player', 'Banker']),
    tableId: 1 + draw.integer(9),
    roundId: `RND-${draw.digits(8)}`,
    roundStartTime: formatOffsetTime(placedAt - 8_000),
    result: Array.from({ length: 6 }, () => cardOf(draw)),
    odds: new LosslessNumber(odds),
    winLoss: tenths(winLoss),
    validBet: tenths(status === 'TIE' ? 0n : stake),
    status,
    commission: new LosslessNumber(fromUnits(draw.once(10) ? stake / 2n : 0n, 4)),
    realCreditWinLoss: tenths(free ? 0n : winLoss),
    freeCreditWinLoss: tenths(free ? winLoss : 0n),
    promotionCreditWinLoss: tenths(0n),
  };
}

function transferOf({ at, minute, index }: RowSeed) {
  const draw = drawFrom(minute, index, 3);
  const amount = BigInt(1 + draw.integer(900)) * 10n;
  const signed = draw.once(3) ? -amount : amount;
  const free = draw.once(5) ? signed / 10n : 0n;
  const before = BigInt(10_000 + draw.integer(50_000));
  const freeBefore = 1_000n;
  return {
    transactionCode: String(at),
    agentId: 'sandboxhrg',
    userId: userOf(draw),
    amount: fromUnits(signed, 1),
    freeCredit: fromUnits(free, 1),
    preBalance: fromUnits(before, 1),
    preFreeCredit: fromUnits(freeBefore, 1),
    ...(draw.once(2) ? { preRealCredit: fromUnits(before - freeBefore, 1) } : {}),
    currentBalance: fromUnits(before + signed, 1),
    currentFreeCredit: fromUnits(freeBefore + free, 1),
    createDate: formatOffsetTime(at),
  };
}

function userOf(draw: Draw): string {
  return `hrgpl${String(1 + draw.integer(20)).padStart(5, '0')}`;
}

function cardOf(draw: Draw): string {
  return `${draw.pick(['S', 'H', 'C', 'D'])}${String(1 + draw.integer(RANKS)).padStart(2, '0')}`;
}

function tenths(units: bigint): LosslessNumber {
  return new LosslessNumber(fromUnits(units, 1));
}
