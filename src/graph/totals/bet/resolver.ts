import type { GraphQLResolveInfo } from 'graphql';
import type { TotalsRow } from '../../../records/query.ts';
import { BetFilter, selectBets } from '../../bet/filter.ts';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../../schema/decorators.ts';
import { BetDimensionEnum, BetMeasureEnum } from '../../schema/enums.ts';
import { amountOf, grossGamingRevenueOf, holdOf, returnToPlayerOf, sumOf } from '../money.ts';
import { countFigure, type Figures, moneyFigure } from '../order.ts';
import { createTotalsReader, type TotalsRowSource, type TotalsSource } from '../read.ts';
import { createTotalsArgs } from '../type.ts';
import { BetTotals, BetTotalsRow } from './type.ts';

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

type Row = TotalsRow<'BET'>;

const figures: Figures<'BET', BetMeasure> = {
  betCount: countFigure((row: Row) => row.count),
  playerCount: countFigure((row: Row) => row.playerCount),
  roundCount: countFigure((row: Row) => row.roundCount),
  stake: moneyFigure((row: Row) => sumOf(row, 'stake'), 'stake'),
  validStake: moneyFigure((row: Row) => sumOf(row, 'validStake'), 'validStake'),
  payout: moneyFigure((row: Row) => sumOf(row, 'payout'), 'payout'),
  netWin: moneyFigure((row: Row) => sumOf(row, 'netWin'), 'netWin'),
  refund: moneyFigure((row: Row) => sumOf(row, 'refund'), 'refund'),
  jackpotWin: moneyFigure((row: Row) => sumOf(row, 'jackpotWin'), 'jackpotWin'),
  jackpotContribution: moneyFigure((row: Row) => sumOf(row, 'jackpotContribution'), 'jackpotContribution'),
  rebate: moneyFigure((row: Row) => sumOf(row, 'rebate'), 'rebate'),
  grossGamingRevenue: moneyFigure(grossGamingRevenueOf, 'netWin'),
  returnToPlayer: moneyFigure(returnToPlayerOf, 'stake', 'netWin'),
  hold: moneyFigure(holdOf, 'stake', 'netWin'),
};

export const readBetTotals = createTotalsReader({ kind: 'BET', select: selectBets, figures });

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
