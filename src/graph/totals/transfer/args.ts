import { TransferDimensionEnum, TransferMeasureEnum } from '../../schema/enums.ts';
import { createTotalsArgs } from '../args.ts';

export type TransferMeasure = (typeof TransferMeasureEnum)[keyof typeof TransferMeasureEnum];

export const TransferTotalsArgs = createTotalsArgs({
  name: 'Transfer',
  plural: 'transfers',
  dimensions: TransferDimensionEnum,
  measures: TransferMeasureEnum,
  byDescription:
    'The figure to order by. Money orders rows of one currency only; a row without the figure is last.',
});
export type TransferTotalsArgs = InstanceType<typeof TransferTotalsArgs>;
