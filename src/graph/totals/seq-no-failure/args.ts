import { SeqNoDimensionEnum, SeqNoMeasureEnum } from '../../schema/enums.ts';
import { createTotalsArgs } from '../args.ts';

export type SeqNoMeasure = (typeof SeqNoMeasureEnum)[keyof typeof SeqNoMeasureEnum];

export const SeqNoTotalsArgs = createTotalsArgs({
  name: 'SeqNo',
  plural: 'callbacks',
  dimensions: SeqNoDimensionEnum,
  measures: SeqNoMeasureEnum,
  byDescription: 'The figure to order by.',
});
export type SeqNoTotalsArgs = InstanceType<typeof SeqNoTotalsArgs>;
