import type { GraphQLResolveInfo } from 'graphql';
import { BetFilter } from '../../bet/filter.ts';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../../schema/decorators.ts';
import { amountOf, grossGamingRevenueOf, holdOf, returnToPlayerOf, sumOf } from '../money.ts';
import type { TotalsRowSource, TotalsSource } from '../read.ts';
import { BetTotalsArgs } from './args.ts';
import { readBetTotals } from './read.ts';
import { BetTotals, BetTotalsRow } from './type.ts';

type Source = TotalsRowSource<'BET'>;

@Resolver(() => BetTotalsRow)
export class BetTotalsResolver {
  @Query(() => BetTotals, {
    description:
      'Exact sums over bets, grouped. What the archive lacks of the range is fetched while you wait, at most `maxWait`; the ' +
      'coverage says what is still missing.',
  })
  betTotals(
    @Arg('filter', () => BetFilter, { description: 'Which bets.' }) filter: BetFilter,
    @Args(() => BetTotalsArgs) args: BetTotalsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TotalsSource<'BET'>> {
    return readBetTotals(context, filter, args, info);
  }

  @FieldResolver()
  betCount(@Root() { record }: Source): number {
    return record.count;
  }

  @FieldResolver()
  stake(@Root() { record }: Source): string {
    return amountOf(record, 'stake');
  }

  @FieldResolver()
  validStake(@Root() { record }: Source): string | null {
    return sumOf(record, 'validStake');
  }

  @FieldResolver()
  payout(@Root() { record }: Source): string {
    return amountOf(record, 'payout');
  }

  @FieldResolver()
  netWin(@Root() { record }: Source): string {
    return amountOf(record, 'netWin');
  }

  @FieldResolver()
  refund(@Root() { record }: Source): string {
    return amountOf(record, 'refund');
  }

  @FieldResolver()
  jackpotWin(@Root() { record }: Source): string {
    return amountOf(record, 'jackpotWin');
  }

  @FieldResolver()
  jackpotContribution(@Root() { record }: Source): string {
    return amountOf(record, 'jackpotContribution');
  }

  @FieldResolver()
  rebate(@Root() { record }: Source): string {
    return amountOf(record, 'rebate');
  }

  @FieldResolver()
  grossGamingRevenue(@Root() { record }: Source): string {
    return grossGamingRevenueOf(record);
  }

  @FieldResolver()
  returnToPlayer(@Root() { record }: Source): string | null {
    return returnToPlayerOf(record);
  }

  @FieldResolver()
  hold(@Root() { record }: Source): string | null {
    return holdOf(record);
  }
}
