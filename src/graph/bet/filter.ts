import type { TimeAxis } from '../../records/query.ts';
import type { ProviderName } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { Field, ID, InputType } from '../schema/decorators.ts';
import { TimeAxisEnum } from '../schema/enums.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkList, checkRange } from '../selection/checks.ts';
import { FilterFields, toWhere, type WithdrawnFilter } from '../selection/filter-fields.ts';
import { select } from '../selection/scope.ts';

@FilterFields('BET')
@InputType({
  description:
    'Which bets. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and `providers` ' +
    'decide what is fetched and what coverage speaks of.',
})
export class BetFilter implements WithdrawnFilter {
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

  /** Declared by `FilterFields`. */
  readonly withdrawn?: WithdrawnFilter['withdrawn'];
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
    withdrawn: filter.withdrawn,
    where: toWhere('BET', filter, context.players),
  });
}
