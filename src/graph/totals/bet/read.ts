import type { TotalsRow } from '../../../records/query.ts';
import { selectBets } from '../../bet/filter.ts';
import { countFigure, type Figures, moneyFigure } from '../figure.ts';
import { grossGamingRevenueOf, holdOf, returnToPlayerOf, sumOf } from '../money.ts';
import { createTotalsReader } from '../read.ts';
import type { BetMeasure } from './args.ts';

type Row = TotalsRow<'BET'>;

const figures: Figures<'BET', BetMeasure> = {
  betCount: countFigure((row: Row) => row.count),
  playerCount: countFigure((row: Row) => row.playerCount),
  roundCount: countFigure((row: Row) => row.roundCount),
  stake: moneyFigure((row: Row) => sumOf(row, 'stake')),
  validStake: moneyFigure((row: Row) => sumOf(row, 'validStake')),
  payout: moneyFigure((row: Row) => sumOf(row, 'payout')),
  netWin: moneyFigure((row: Row) => sumOf(row, 'netWin')),
  refund: moneyFigure((row: Row) => sumOf(row, 'refund')),
  jackpotWin: moneyFigure((row: Row) => sumOf(row, 'jackpotWin')),
  jackpotContribution: moneyFigure((row: Row) => sumOf(row, 'jackpotContribution')),
  rebate: moneyFigure((row: Row) => sumOf(row, 'rebate')),
  grossGamingRevenue: moneyFigure(grossGamingRevenueOf),
  returnToPlayer: moneyFigure(returnToPlayerOf),
  hold: moneyFigure(holdOf),
};

export const readBetTotals = createTotalsReader({ kind: 'BET', select: selectBets, figures });
