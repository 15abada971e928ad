import type { TimeAxis } from '../../records/query.ts';
import type { RequestContext } from '../context.ts';
import { Field, InputType } from '../schema/decorators.ts';
import { TimeAxisEnum } from '../schema/enums.ts';
import { TimeRange } from '../schema/time-range.ts';
import { FilterFields, RowFilter, selectRows } from '../selection/filter-fields.ts';

@FilterFields('BET', 'vp-main')
@InputType({
  description:
    'Which bets. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and `providers` ' +
    'decide what is fetched and what coverage speaks of.',
})
export class BetFilter extends RowFilter {
  @Field(() => TimeRange, { description: 'When the bets were settled, or placed: see `axis`.' })
  range!: TimeRange;

  @Field(() => TimeAxisEnum, {
    nullable: true,
    defaultValue: 'SETTLED',
    description: 'Which of a bet’s times must lie in the range, and orders the list.',
  })
  axis?: TimeAxis | null;
}

/** What a bet filter asks for; throws a BadUserInputError for what cannot be. */
export function selectBets(context: RequestContext, filter: BetFilter) {
  return selectRows(context, 'BET', filter, filter.axis ?? 'SETTLED');
}
