import type { RequestContext } from '../context.ts';
import { Field, InputType } from '../schema/decorators.ts';
import { TimeRange } from '../schema/time-range.ts';
import { FilterFields, RowFilter, selectRows } from '../selection/filter-fields.ts';

@FilterFields('TRANSFER', 'hrg-main')
@InputType({
  description:
    'Which transfers. Every part given must hold; within a list any one value will do. Only `range`, `accounts` and ' +
    '`providers` decide what is fetched and what coverage speaks of.',
})
export class TransferFilter extends RowFilter {
  @Field(() => TimeRange, { description: 'When the provider recorded the transfers (`createdAt`).' })
  range!: TimeRange;
}

/** What a transfer filter asks for; throws a BadUserInputError for what cannot be. */
export function selectTransfers(context: RequestContext, filter: TransferFilter) {
  return selectRows(context, 'TRANSFER', filter);
}
