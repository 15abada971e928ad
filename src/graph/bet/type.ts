import type { BetOutcome, BetStatus } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { createConnectionType } from '../lists/connection.ts';
import { Node } from '../node/type.ts';
import { Player } from '../player/type.ts';
import { Directive, Field, ObjectType } from '../schema/decorators.ts';
import { BetOutcomeEnum, BetStatusEnum } from '../schema/enums.ts';
import { DateTime, Decimal } from '../schema/scalars.ts';
import { BetCredits } from './credits.ts';

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One bet of one player, exactly as the provider reported it last. Amounts are in `currency`, from the player’s side: ' +
    'the house’s win is −`netWin`.',
})
export class Bet extends Node {
  readonly __typename = 'Bet';

  @Field(() => Account, { description: 'The account through which it was collected.' })
  account!: Account;

  @Field(() => String, {
    description:
      'The provider’s own key of the bet, unique within the account. Quote it when you ask the provider.',
  })
  providerBetId!: string;

  @Field(() => Player, { description: 'Who bet.' })
  player!: Player;

  @Field(() => String, { description: 'The player’s username at the provider.' })
  providerUsername!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The provider’s code of the game; null where it sends none.',
  })
  gameCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The provider’s type of game, such as `LIVE` or `SLOT`; null where it sends none.',
  })
  gameType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was bet on within the game, such as `Banker`; null where the provider sends none.',
  })
  betType!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The game’s brand; null where the provider sends none.',
  })
  brand!: string | null;

  @Field(() => String, { nullable: true, description: 'The live table; null where the provider sends none.' })
  tableId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The round the bet belongs to; several bets may share it. Null where the provider sends none.',
  })
  roundId!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When that round began; null where the provider does not say.',
  })
  roundStartedAt!: number | null;

  @Field(() => [String], {
    nullable: 'itemsAndList',
    description:
      'The round’s result in the provider’s notation, such as the cards in the order dealt; an item is null where a card ' +
      'was not dealt, the list where the provider sends none.',
  })
  result!: readonly (string | null)[] | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The odds as realised: −1 for a lost bet. Null where the provider sends none.',
  })
  odds!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The provider’s order number; null where it sends none.',
  })
  orderId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The provider’s wallet transaction; null where it sends none.',
  })
  transferId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where the bet came from, by the provider’s code; null where it sends none.',
  })
  sourceId!: string | null;

  @Field(() => String, {
    description: 'The currency of every amount of this bet, as the provider spells it.',
  })
  currency!: string;

  @Field(() => Decimal, { description: 'What was bet: turnover, or handle.' })
  stake!: string;

  @Field(() => Decimal, {
    nullable: true,
    description:
      'The part of the stake that counts for bonuses and rebates (valid bet, effective turnover). HotRoad puts a whole ' +
      'round’s sum on one of its rows: add it up by round only. Null where the provider sends none.',
  })
  validStake!: string | null;

  @Field(() => Decimal, {
    description:
      'What the player was paid, stake included; a jackpot or refund that the provider lists apart is not in it. HotRoad ' +
      'reports the win alone: there it is computed here as stake + net win.',
  })
  payout!: string;

  @Field(() => Decimal, {
    description:
      'What the player won beyond the stake, jackpots and refunds included; negative when lost. HotRoad reports it; for ' +
      'VertexPlay and OneAPI it is computed here as payout + jackpot win + refund − stake, without what the account’s ' +
      'options say the payout already holds.',
  })
  netWin!: string;

  @Field(() => Decimal, {
    nullable: true,
    description: 'What was given back of the stake; null where the provider sends none.',
  })
  refund!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Jackpot won with this bet; null where the provider sends none.',
  })
  jackpotWin!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The part of the stake that went into jackpots; null where the provider sends none.',
  })
  jackpotContribution!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Rebate or commission on this bet as the provider reports it; null where it sends none.',
  })
  rebate!: string | null;

  @Field(() => BetCredits, {
    nullable: true,
    description:
      'Stake and win by kind of credit (real, free, promotion); null where the provider does not tell them apart.',
  })
  credits!: BetCredits | null;

  @Field(() => BetStatusEnum, { description: 'How far the bet has come.' })
  status!: BetStatus;

  @Field(() => String, { description: 'The provider’s own word or number for the status.' })
  providerStatus!: string;

  @Field(() => BetOutcomeEnum, {
    description:
      'How it ended for the player: the provider’s word where it sends one, else the sign of `netWin`.',
  })
  outcome!: BetOutcome;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the bet was made; null where the provider does not say.',
  })
  placedAt!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the result stood (HotRoad: the last update), the time ranges select by; null while open.',
  })
  settledAt!: number | null;

  @Field(() => DateTime, { description: 'The provider’s time of this version of the bet.' })
  updatedAt!: number;

  @Field(() => DateTime, {
    description:
      'When this version was archived here. It never goes back: the safe mark for incremental loads.',
  })
  archivedAt!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The provider’s record as compact JSON, every digit kept; null without the right to see it.',
  })
  raw!: string | null;
}

export const { Connection: BetConnection, ConnectionResolver: BetConnectionResolver } = createConnectionType(
  Bet,
  'Bet',
  'bets',
);
