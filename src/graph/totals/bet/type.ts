import type { BetOutcome, BetStatus, ProviderName } from '../../../records/record.ts';
import { Field, ID, Int, ObjectType } from '../../schema/decorators.ts';
import { BetOutcomeEnum, BetStatusEnum } from '../../schema/enums.ts';
import { ProviderNameEnum } from '../../schema/provider-name.ts';
import { Decimal } from '../../schema/scalars.ts';
import { Period } from '../period.ts';
import { createTotalsType } from '../type.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'Exact sums over a group of bets. Money is in the group’s one currency: where a group has several, selecting money is ' +
    'refused, while counts are answered. Fields of dimensions that were not grouped by are null.',
})
export class BetTotalsRow {
  @Field(() => Period, { nullable: true, description: 'The period; null unless grouped by one.' })
  period!: Period | null;

  @Field(() => ProviderNameEnum, {
    nullable: true,
    description: 'The provider; null unless grouped by PROVIDER.',
  })
  provider!: ProviderName | null;

  @Field(() => ID, { nullable: true, description: 'The account; null unless grouped by ACCOUNT.' })
  account!: string | null;

  @Field(() => String, { nullable: true, description: 'The currency; null unless grouped by CURRENCY.' })
  currency!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The game; null unless grouped by GAME, and for bets whose provider sends none.',
  })
  gameCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The type of game; null unless grouped by GAME_TYPE, and for bets whose provider sends none.',
  })
  gameType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The kind of bet; null unless grouped by BET_TYPE, and for bets whose provider sends none.',
  })
  betType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The player, by the operator’s name; null unless grouped by PLAYER.',
  })
  player!: string | null;

  @Field(() => BetStatusEnum, {
    nullable: true,
    description: 'How far the bets have come; null unless grouped by STATUS.',
  })
  status!: BetStatus | null;

  @Field(() => BetOutcomeEnum, {
    nullable: true,
    description: 'How the bets ended; null unless grouped by OUTCOME.',
  })
  outcome!: BetOutcome | null;

  @Field(() => Int, { description: 'How many bets.' })
  betCount!: number;

  @Field(() => Int, {
    description: 'How many different players (active players). Counted only when asked for.',
  })
  playerCount!: number;

  @Field(() => Int, {
    description:
      'How many different rounds; bets whose provider sends no round are in none. Counted only when asked for.',
  })
  roundCount!: number;

  @Field(() => Decimal, { description: 'Σ stake: turnover, or handle.' })
  stake!: string;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Σ valid stake (effective turnover), of the bets that have one; null where none has.',
  })
  validStake!: string | null;

  @Field(() => Decimal, { description: 'Σ payout: what was paid out, stakes included.' })
  payout!: string;

  @Field(() => Decimal, { description: 'Σ net win of the players; negative when the house won.' })
  netWin!: string;

  @Field(() => Decimal, { description: 'Σ refund; 0 where none was sent.' })
  refund!: string;

  @Field(() => Decimal, { description: 'Σ jackpots won; 0 where none was sent.' })
  jackpotWin!: string;

  @Field(() => Decimal, { description: 'Σ paid into jackpots; 0 where none was sent.' })
  jackpotContribution!: string;

  @Field(() => Decimal, { description: 'Σ rebate or commission; 0 where none was sent.' })
  rebate!: string;

  @Field(() => Decimal, {
    description:
      'GGR, the house’s win: −Σ net win. Nothing else is deducted: no rebates, jackpot contributions, bonuses, fees or taxes.',
  })
  grossGamingRevenue!: string;

  @Field(() => Decimal, {
    nullable: true,
    description:
      'RTP: (Σ stake + Σ net win) ÷ Σ stake, what came back to the players of each unit bet: 0.960000 is 96 %. To six ' +
      'decimals, halves to the even digit; null at zero turnover.',
  })
  returnToPlayer!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description:
      'Hold, the house’s margin: GGR ÷ Σ stake, which is 1 − RTP. To six decimals, halves to the even digit; null at zero ' +
      'turnover.',
  })
  hold!: string | null;
}

export const BetTotals = createTotalsType(BetTotalsRow, 'Bet', 'bets');
