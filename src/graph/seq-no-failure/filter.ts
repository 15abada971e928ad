import type { RequestContext } from '../context.ts';
import { Field, InputType } from '../schema/decorators.ts';
import { TimeRange } from '../schema/time-range.ts';
import { FilterFields, RowFilter, selectRows } from '../selection/filter-fields.ts';

@FilterFields('SEQ_NO_FAILURE', 'ebet-main')
@InputType({
  description:
    'Which wallet callbacks. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and ' +
    '`providers` decide what is fetched and what coverage speaks of.',
})
export class SeqNoFailureFilter extends RowFilter {
  @Field(() => TimeRange, { description: 'When the provider sent the callbacks (`requestedAt`).' })
  range!: TimeRange;
}

/** What a callback filter asks for; throws a BadUserInputError for what cannot be. */
export function selectSeqNoFailures(context: RequestContext, filter: SeqNoFailureFilter) {
  return selectRows(context, 'SEQ_NO_FAILURE', filter);
}
