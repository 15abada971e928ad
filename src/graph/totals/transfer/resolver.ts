import type { GraphQLResolveInfo } from 'graphql';
import type { TotalsRow } from '../../../records/query.ts';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../../schema/decorators.ts';
import { TransferDimensionEnum, TransferMeasureEnum } from '../../schema/enums.ts';
import { selectTransfers, TransferFilter } from '../../transfer/filter.ts';
import { amountOf, sumOf } from '../money.ts';
import { countFigure, type Figures, moneyFigure } from '../order.ts';
import { createTotalsReader, type TotalsRowSource, type TotalsSource } from '../read.ts';
import { createTotalsArgs } from '../type.ts';
import { TransferTotals, TransferTotalsRow } from './type.ts';

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

type Source = TotalsRowSource<'TRANSFER'>;

@Resolver(() => TransferTotalsRow)
export class TransferTotalsResolver {
  @Query(() => TransferTotals, {
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

  @FieldResolver()
  amount(@Root() { record }: Source): string {
    return amountOf(record, 'amount');
  }

  @FieldResolver()
  deposits(@Root() { record }: Source): string {
    return amountOf(record, 'deposits');
  }

  @FieldResolver()
  withdrawals(@Root() { record }: Source): string {
    return amountOf(record, 'withdrawals');
  }

  @FieldResolver()
  freeCredit(@Root() { record }: Source): string | null {
    return sumOf(record, 'freeCredit');
  }
}
