import type { Where } from '../../records/query.ts';
import type { ProviderName } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { Field, ID, InputType, Int } from '../schema/decorators.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkList, checkRange } from '../selection/checks.ts';
import { select } from '../selection/scope.ts';
import { allOf, oneOf } from '../selection/where.ts';

@InputType({
  description:
    'Which wallet callbacks. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and ' +
    '`providers` decide what is fetched and what coverage speaks of.',
})
export class SeqNoFailureFilter {
  @Field(() => TimeRange, { description: 'When the provider sent the callbacks (`requestedAt`).' })
  range!: TimeRange;

  @Field(() => [ID], { nullable: true, description: 'Configured accounts, such as `ebet-main`.' })
  accounts?: string[] | null;

  @Field(() => [ProviderNameEnum], { nullable: true, description: 'Providers.' })
  providers?: ProviderName[] | null;

  @Field(() => [String], { nullable: true, description: 'Players, by the operator’s names.' })
  players?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'What the callbacks were to do, such as `increaseCredit`.',
  })
  events?: string[] | null;

  @Field(() => [Int], { nullable: true, description: 'Codes with which the operator’s wallet answered.' })
  statusCodes?: number[] | null;

  @Field(() => [String], { nullable: true, description: 'The provider’s serial numbers.' })
  seqNos?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True for successes alone, false for failures alone; both where it is left out.',
  })
  succeeded?: boolean | null;
}

/** What a callback filter asks for; throws a BadUserInputError for what cannot be. */
export function selectSeqNoFailures(context: RequestContext, filter: SeqNoFailureFilter) {
  return select(context, {
    kind: 'SEQ_NO_FAILURE',
    range: checkRange('range', filter.range),
    axis: 'SETTLED',
    accounts: filter.accounts,
    providers: filter.providers,
    players: checkList('players', filter.players),
    where: allOf(
      oneOf('events', 'event', filter.events),
      oneOf('statusCodes', 'statusCode', filter.statusCodes),
      oneOf(
        'seqNos',
        'seqNo',
        filter.seqNos?.map((shown) => context.players.unsealed(shown)),
      ),
      succeededIs(filter.succeeded ?? null),
    ),
  });
}

function succeededIs(value: boolean | null): Where | null {
  return value === null ? null : { op: 'eq', column: 'succeeded', value };
}
