import type { TimeAxis, Where } from '../../records/query.ts';
import type { BetOutcome, BetStatus, ProviderName } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { Field, ID, InputType } from '../schema/decorators.ts';
import { BetOutcomeEnum, BetStatusEnum, TimeAxisEnum } from '../schema/enums.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkList, checkRange } from '../selection/checks.ts';
import { select } from '../selection/scope.ts';
import { allOf, oneOf } from '../selection/where.ts';

@InputType({
  description:
    'Which bets. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and `providers` ' +
    'decide what is fetched and what coverage speaks of.',
})
export class BetFilter {
  @Field(() => TimeRange, { description: 'When the bets were settled, or placed: see `axis`.' })
  range!: TimeRange;

  @Field(() => TimeAxisEnum, {
    nullable: true,
    defaultValue: 'SETTLED',
    description: 'Which of a bet’s times must lie in the range, and orders the list.',
  })
  axis?: TimeAxis | null;

  @Field(() => [ID], { nullable: true, description: 'Configured accounts, such as `vp-main`.' })
  accounts?: string[] | null;

  @Field(() => [ProviderNameEnum], { nullable: true, description: 'Providers.' })
  providers?: ProviderName[] | null;

  @Field(() => [String], { nullable: true, description: 'Players, by the operator’s names.' })
  players?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'The providers’ game codes.' })
  games?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'The providers’ types of games, such as `LIVE`.' })
  gameTypes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Kinds of bets within a game, such as `Banker`.' })
  betTypes?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Live tables.' })
  tables?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Currencies, as the providers spell them.' })
  currencies?: string[] | null;

  @Field(() => [BetStatusEnum], { nullable: true, description: 'How far the bets have come.' })
  statuses?: BetStatus[] | null;

  @Field(() => [BetOutcomeEnum], { nullable: true, description: 'How the bets ended.' })
  outcomes?: BetOutcome[] | null;

  @Field(() => [String], { nullable: true, description: 'Rounds.' })
  roundIds?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'The providers’ own keys of bets.' })
  providerBetIds?: string[] | null;
}

/** What a bet filter asks for; throws a BadUserInputError for what cannot be. */
export function selectBets(context: RequestContext, filter: BetFilter) {
  return select(context, {
    kind: 'BET',
    range: checkRange('range', filter.range),
    axis: filter.axis ?? 'SETTLED',
    accounts: filter.accounts,
    providers: filter.providers,
    players: checkList('players', filter.players),
    where: toWhere(filter),
  });
}

function toWhere(filter: BetFilter): Where | null {
  return allOf(
    oneOf('games', 'gameCode', filter.games),
    oneOf('gameTypes', 'gameType', filter.gameTypes),
    oneOf('betTypes', 'betType', filter.betTypes),
    oneOf('tables', 'tableId', filter.tables),
    oneOf('currencies', 'currency', filter.currencies),
    oneOf('statuses', 'status', filter.statuses),
    oneOf('outcomes', 'outcome', filter.outcomes),
    oneOf('roundIds', 'roundId', filter.roundIds),
    oneOf('providerBetIds', 'key', filter.providerBetIds),
  );
}
