import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../../schema/decorators.ts';
import { TransferFilter } from '../../transfer/filter.ts';
import { amountOf, sumOf } from '../money.ts';
import type { TotalsRowSource, TotalsSource } from '../read.ts';
import { TransferTotalsArgs } from './args.ts';
import { readTransferTotals } from './read.ts';
import { TransferTotals, TransferTotalsRow } from './type.ts';

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
