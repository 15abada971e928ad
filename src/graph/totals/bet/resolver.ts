import type { GraphQLResolveInfo } from 'graphql';
import { BetFilter, selectBets } from '../../bet/filter.ts';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from '../../schema/decorators.ts';
import { BetDimensionEnum, type BetMeasure, BetMeasureEnum } from '../../schema/enums.ts';
import { type Amount, addAmounts, figuresOf, sumAmounts } from '../amounts.ts';
import { grossGamingRevenueOf, holdOf, returnToPlayerOf } from '../money.ts';
import { countFigure, type Figures, moneyFigure } from '../order.ts';
import { createTotalsReader, type TotalsRowSource, type TotalsSource } from '../read.ts';
import { createTotalsArgs } from '../type.ts';
import { BetTotals, BetTotalsRow } from './type.ts';

export const BetTotalsArgs = createTotalsArgs({
  name: 'Bet',
  plural: 'bets',
  dimensions: BetDimensionEnum,
  measures: BetMeasureEnum,
  byDescription:
    'The figure to order by. Money and ratios order rows of one currency only; a row without the figure is last.',
});
export type BetTotalsArgs = InstanceType<typeof BetTotalsArgs>;

/** The sums of the table of bets, then what is made of them. */
const amounts: readonly Amount<'BET', Exclude<BetMeasure, `${string}Count`>>[] = [
  ...sumAmounts('BET'),
  {
    name: 'grossGamingRevenue',
    description:
      'GGR, the house’s win: −Σ net win. Nothing else is deducted: no rebates, jackpot contributions, bonuses, fees or taxes.',
    of: grossGamingRevenueOf,
    figure: moneyFigure(grossGamingRevenueOf, 'netWin'),
  },
  {
    name: 'returnToPlayer',
    nullable: true,
    description:
      'RTP: (Σ stake + Σ net win) ÷ Σ stake, what came back to the players of each unit bet: 0.960000 is 96 %. To six ' +
      'decimals, halves to the even digit; null at zero turnover.',
    of: returnToPlayerOf,
    figure: moneyFigure(returnToPlayerOf, 'stake', 'netWin'),
  },
  {
    name: 'hold',
    nullable: true,
    description:
      'Hold, the house’s margin: GGR ÷ Σ stake, which is 1 − RTP. To six decimals, halves to the even digit; null at zero ' +
      'turnover.',
    of: holdOf,
    figure: moneyFigure(holdOf, 'stake', 'netWin'),
  },
];

/** What totals of bets can be ordered by. */
export const betFigures: Figures<'BET', BetMeasure> = {
  betCount: countFigure((row) => row.count),
  playerCount: countFigure((row) => row.playerCount),
  roundCount: countFigure((row) => row.roundCount),
  ...figuresOf(amounts),
};

export const readBetTotals = createTotalsReader({ kind: 'BET', select: selectBets, figures: betFigures });

type Source = TotalsRowSource<'BET'>;

@Resolver(() => BetTotalsRow)
export class BetTotalsResolver {
  @Query(() => BetTotals, {
    nullable: true,
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
}

addAmounts(amounts, { row: BetTotalsRow, resolver: BetTotalsResolver });
