import { BetDimensionEnum, BetMeasureEnum } from '../../schema/enums.ts';
import { createTotalsArgs } from '../args.ts';

export type BetMeasure = (typeof BetMeasureEnum)[keyof typeof BetMeasureEnum];

export const BetTotalsArgs = createTotalsArgs({
  name: 'Bet',
  plural: 'bets',
  dimensions: BetDimensionEnum,
  measures: BetMeasureEnum,
  byDescription:
    'The figure to order by. Money and ratios order rows of one currency only; a row without the figure is last.',
});
export type BetTotalsArgs = InstanceType<typeof BetTotalsArgs>;
