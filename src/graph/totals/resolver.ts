import type { GraphQLResolveInfo } from 'graphql';
import { BetFilter } from '../bet/filter.ts';
import type { RequestContext } from '../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../decorators.ts';
import { TotalsArgs } from './args.ts';
import { amountOf, grossGamingRevenueOf, holdOf, returnToPlayerOf, sumOf } from './money.ts';
import { readBetTotals, type TotalsRowSource, type TotalsSource } from './read.ts';
import { BetTotals, BetTotalsRow } from './type.ts';

@Resolver(() => BetTotalsRow)
export class BetTotalsResolver {
  @Query(() => BetTotals, {
    description:
      'Exact sums over bets, grouped. What the archive lacks of the range is fetched while you wait, at most `maxWait`; the ' +
      'coverage says what is still missing.',
  })
  betTotals(
    @Arg('filter', () => BetFilter, { description: 'Which bets.' }) filter: BetFilter,
    @Args(() => TotalsArgs) args: TotalsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TotalsSource> {
    return readBetTotals(context, filter, args, info);
  }

  @FieldResolver()
  stake(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'stake');
  }

  @FieldResolver()
  validStake(@Root() { record }: TotalsRowSource): string | null {
    return sumOf(record, 'validStake');
  }

  @FieldResolver()
  payout(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'payout');
  }

  @FieldResolver()
  netWin(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'netWin');
  }

  @FieldResolver()
  refund(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'refund');
  }

  @FieldResolver()
  jackpotWin(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'jackpotWin');
  }

  @FieldResolver()
  jackpotContribution(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'jackpotContribution');
  }

  @FieldResolver()
  rebate(@Root() { record }: TotalsRowSource): string {
    return amountOf(record, 'rebate');
  }

  @FieldResolver()
  grossGamingRevenue(@Root() { record }: TotalsRowSource): string {
    return grossGamingRevenueOf(record);
  }

  @FieldResolver()
  returnToPlayer(@Root() { record }: TotalsRowSource): string | null {
    return returnToPlayerOf(record);
  }

  @FieldResolver()
  hold(@Root() { record }: TotalsRowSource): string | null {
    return holdOf(record);
  }
}
