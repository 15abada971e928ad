import type { BetOutcome, BetStatus } from '../../../records/record.ts';
import { Field, Int, ObjectType } from '../../schema/decorators.ts';
import { BetOutcomeEnum, BetStatusEnum } from '../../schema/enums.ts';
import { GroupRow } from '../row.ts';
import { createTotalsType } from '../type.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'Exact sums over a group of bets. Money is in the group’s one currency: where a group has several, counts are answered and each ' +
    'money field selected is null, with an error that says so. Fields of dimensions that were not grouped by are null.',
})
export class BetTotalsRow extends GroupRow {
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
    description:
      'How many different rounds; bets whose provider sends no round are in none. Counted only when asked for.',
  })
  roundCount!: number;
}

export const BetTotals = createTotalsType(BetTotalsRow, 'Bet', 'bets');
