import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../../schema/decorators.ts';
import { TransferDimensionEnum, type TransferMeasure, TransferMeasureEnum } from '../../schema/enums.ts';
import { selectTransfers, TransferFilter } from '../../transfer/filter.ts';
import { type Amount, addAmounts, figuresOf, sumAmounts } from '../amounts.ts';
import { amountOf } from '../money.ts';
import { countFigure, type Figures, moneyFigure } from '../order.ts';
import { createTotalsReader, type TotalsRowSource, type TotalsSource } from '../read.ts';
import { createTotalsArgs } from '../type.ts';
import { TransferTotals, TransferTotalsRow } from './type.ts';

const TransferTotalsArgs = createTotalsArgs({
  name: 'Transfer',
  plural: 'transfers',
  dimensions: TransferDimensionEnum,
  measures: TransferMeasureEnum,
  byDescription:
    'The figure to order by. Money orders rows of one currency only; a row without the figure is last.',
});
type TransferTotalsArgs = InstanceType<typeof TransferTotalsArgs>;

/** The parts of the amount by the way it went; where nothing went one way, that is zero. */
const parts: readonly Amount<'TRANSFER', 'deposits' | 'withdrawals'>[] = [
  {
    name: 'deposits',
    description: 'Σ amount of the transfers whose direction is DEPOSIT; 0 where there are none.',
    of: (row) => amountOf(row, 'deposits'),
    figure: moneyFigure((row) => amountOf(row, 'deposits'), 'deposits'),
  },
  {
    name: 'withdrawals',
    description:
      'Σ amount of the transfers whose direction is WITHDRAWAL, signed as `amount` is: −900 for 900 withdrawn; 0 where there ' +
      'are none.',
    of: (row) => amountOf(row, 'withdrawals'),
    figure: moneyFigure((row) => amountOf(row, 'withdrawals'), 'withdrawals'),
  },
];

const amounts: readonly Amount<'TRANSFER', Exclude<TransferMeasure, `${string}Count`>>[] = sumAmounts(
  'TRANSFER',
).flatMap((sum) => (sum.name === 'amount' ? [sum, ...parts] : [sum]));

const figures: Figures<'TRANSFER', TransferMeasure> = {
  transferCount: countFigure((row) => row.count),
  playerCount: countFigure((row) => row.playerCount),
  ...figuresOf(amounts),
};

const readTransferTotals = createTotalsReader({ kind: 'TRANSFER', select: selectTransfers, figures });

type Source = TotalsRowSource<'TRANSFER'>;

@Resolver(() => TransferTotalsRow)
export class TransferTotalsResolver {
  @Query(() => TransferTotals, {
    nullable: true,
    description:
      'Exact sums over transfers, grouped: what moved between the operator’s wallet and the providers’. What the archive lacks ' +
      'of the range is fetched while you wait, at most `maxWait`; the coverage says what is still missing.',
  })
  transferTotals(
    @Arg('filter', () => TransferFilter, { description: 'Which transfers.' }) filter: TransferFilter,
    @Args(() => TransferTotalsArgs) args: TransferTotalsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TotalsSource<'TRANSFER'>> {
    return readTransferTotals(context, filter, args, info);
  }

  @FieldResolver()
  transferCount(@Root() { record }: Source): number {
    return record.count;
  }
}

addAmounts(amounts, { row: TransferTotalsRow, resolver: TransferTotalsResolver });
