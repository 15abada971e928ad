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
  stake: moneyFigure((row: Row) => sumOf(row, 'stake'), 'stake'),
  validStake: moneyFigure((row: Row) => sumOf(row, 'validStake'), 'validStake'),
  payout: moneyFigure((row: Row) => sumOf(row, 'payout'), 'payout'),
  netWin: moneyFigure((row: Row) => sumOf(row, 'netWin'), 'netWin'),
  refund: moneyFigure((row: Row) => sumOf(row, 'refund'), 'refund'),
  jackpotWin: moneyFigure((row: Row) => sumOf(row, 'jackpotWin'), 'jackpotWin'),
  jackpotContribution: moneyFigure((row: Row) => sumOf(row, 'jackpotContribution'), 'jackpotContribution'),
  rebate: moneyFigure((row: Row) => sumOf(row, 'rebate'), 'rebate'),
  grossGamingRevenue: moneyFigure(grossGamingRevenueOf, 'netWin'),
  returnToPlayer: moneyFigure(returnToPlayerOf, 'stake', 'netWin'),
  hold: moneyFigure(holdOf, 'stake', 'netWin'),
};

export const readBetTotals = createTotalsReader({ kind: 'BET', select: selectBets, figures });
