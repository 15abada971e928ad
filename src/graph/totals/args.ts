import type { Dimension } from '../../records/query.ts';
import { ArgsType, Field, InputType, Int } from '../decorators.ts';
import { BetDimensionEnum, BetMeasureEnum, SortDirectionEnum } from '../enums.ts';
import { MAX_PAGE_SIZE, WaitArgs } from '../page-args.ts';

export type Measure = (typeof BetMeasureEnum)[keyof typeof BetMeasureEnum];

@InputType({ description: 'Which rows of totals come first.' })
export class BetTotalsOrder {
  @Field(() => BetMeasureEnum, {
    description:
      'The figure to order by. Money and ratios order rows of one currency only; a row without the figure is last.',
  })
  by!: Measure;

  @Field(() => SortDirectionEnum, {
    nullable: true,
    defaultValue: 'DESC',
    description: 'Which end comes first; the largest where left out.',
  })
  direction?: 'ASC' | 'DESC' | null;
}

@ArgsType()
export class TotalsArgs extends WaitArgs {
  @Field(() => [BetDimensionEnum], {
    description:
      'What to group by: a row for every combination that has bets. At most one of HOUR, DAY, WEEK and MONTH. Empty for one ' +
      'row over all bets (and none where there are no bets).',
  })
  groupBy!: Dimension[];

  @Field(() => String, {
    nullable: true,
    defaultValue: 'UTC',
    description:
      'The IANA time zone, such as `Asia/Manila`, in which hours, days, weeks and months are cut, daylight saving included. ' +
      'Null means UTC.',
  })
  timeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The local time at which a business day starts, such as `06:00`; weeks and months start with their first day. Midnight ' +
      'where left out; hours are not moved.',
  })
  dayStartsAt?: string | null;

  @Field(() => BetTotalsOrder, {
    nullable: true,
    description:
      'By a figure; where left out by period, oldest first, then by the dimensions as listed in `groupBy`.',
  })
  orderBy?: BetTotalsOrder | null;

  @Field(() => Int, {
    nullable: true,
    description: `Only so many rows from the top, 0 to ${MAX_PAGE_SIZE}; all of them where left out.`,
  })
  first?: number | null;
}
