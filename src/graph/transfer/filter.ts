import type { ProviderName } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { Field, ID, InputType } from '../schema/decorators.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkList, checkRange } from '../selection/checks.ts';
import { FilterFields, toWhere, type WithdrawnFilter } from '../selection/filter-fields.ts';
import { select } from '../selection/scope.ts';

@FilterFields('TRANSFER')
@InputType({
  description:
    'Which transfers. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and ' +
    '`providers` decide what is fetched and what coverage speaks of.',
})
export class TransferFilter implements WithdrawnFilter {
  @Field(() => TimeRange, { description: 'When the provider recorded the transfers (`createdAt`).' })
  range!: TimeRange;

  @Field(() => [ID], { nullable: true, description: 'Configured accounts, such as `hrg-main`.' })
  accounts?: string[] | null;

  @Field(() => [ProviderNameEnum], { nullable: true, description: 'Providers.' })
  providers?: ProviderName[] | null;

  @Field(() => [String], { nullable: true, description: 'Players, by the operator’s names.' })
  players?: string[] | null;

  /** Declared by `FilterFields`. */
  readonly withdrawn?: WithdrawnFilter['withdrawn'];
}

/** What a transfer filter asks for; throws a BadUserInputError for what cannot be. */
export function selectTransfers(context: RequestContext, filter: TransferFilter) {
  return select(context, {
    kind: 'TRANSFER',
    range: checkRange('range', filter.range),
    axis: 'SETTLED',
    accounts: filter.accounts,
    providers: filter.providers,
    players: checkList('players', filter.players),
    withdrawn: filter.withdrawn,
    where: toWhere('TRANSFER', filter, context.players),
  });
}
