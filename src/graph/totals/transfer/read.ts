import type { TotalsRow } from '../../../records/query.ts';
import { selectTransfers } from '../../transfer/filter.ts';
import { countFigure, type Figures, moneyFigure } from '../figure.ts';
import { amountOf, sumOf } from '../money.ts';
import { createTotalsReader } from '../read.ts';
import type { TransferMeasure } from './args.ts';

type Row = TotalsRow<'TRANSFER'>;

const figures: Figures<'TRANSFER', TransferMeasure> = {
  transferCount: countFigure((row: Row) => row.count),
  playerCount: countFigure((row: Row) => row.playerCount),
  amount: moneyFigure((row: Row) => amountOf(row, 'amount'), 'amount'),
  // Where nothing went one way, that is zero: a row without deposits has its place among the others.
  deposits: moneyFigure((row: Row) => amountOf(row, 'deposits'), 'deposits'),
  withdrawals: moneyFigure((row: Row) => amountOf(row, 'withdrawals'), 'withdrawals'),
  freeCredit: moneyFigure((row: Row) => sumOf(row, 'freeCredit'), 'freeCredit'),
};

export const readTransferTotals = createTotalsReader({ kind: 'TRANSFER', select: selectTransfers, figures });
