import type { TotalsRow } from '../../../records/query.ts';
import { selectSeqNoFailures } from '../../seq-no-failure/filter.ts';
import { countFigure, type Figures } from '../figure.ts';
import { createTotalsReader } from '../read.ts';
import type { SeqNoMeasure } from './args.ts';

type Row = TotalsRow<'SEQ_NO_FAILURE'>;

const figures: Figures<'SEQ_NO_FAILURE', SeqNoMeasure> = {
  count: countFigure((row: Row) => row.count),
  failedCount: countFigure((row: Row) => row.failedCount),
  playerCount: countFigure((row: Row) => row.playerCount),
};

export const readSeqNoTotals = createTotalsReader({
  kind: 'SEQ_NO_FAILURE',
  select: selectSeqNoFailures,
  figures,
});
