import { Coverage } from '../coverage/type.ts';
import { MAX_PAGE_SIZE, WaitArgs } from '../lists/page-args.ts';
import { ArgsType, type ClassType, Field, InputType, Int, ObjectType } from '../schema/decorators.ts';
import { SortDirectionEnum } from '../schema/enums.ts';

/** The totals type of one kind: its rows, and what stands behind them. */
export function createTotalsType<T extends object>(row: ClassType<T>, name: string, plural: string) {
  @ObjectType(`${name}Totals`, {
    simpleResolvers: true,
    description:
      `Totals over ${plural}, and how complete the rows behind them are. No total is right before ` +
      '`coverage.complete`.',
  })
  class Totals {
    @Field(() => [row], { description: `A row for every group that has ${plural}.` })
    rows!: readonly T[];

    @Field(() => Coverage, { description: 'How much of the asked range is there.' })
    coverage!: Coverage;
  }
  return Totals;
}

type Enum = Readonly<Record<string, string>>;

export interface TotalsOrder<Measure extends string> {
  readonly by: Measure;
  readonly direction?: 'ASC' | 'DESC' | null;
}

/** What every kind's totals are asked by. */
export interface TotalsAsk<Dimension extends string, Measure extends string> extends WaitArgs {
  readonly groupBy: readonly Dimension[];
  readonly timeZone?: string | null;
  readonly dayStartsAt?: string | null;
  readonly orderBy?: TotalsOrder<Measure> | null;
  readonly first?: number | null;
}

export interface TotalsArgsOptions<Dimensions, Measures> {
  /** The entity's name, as it begins those of its types. */
  readonly name: string;
  /** What the rows are called. */
  readonly plural: string;
  readonly dimensions: Dimensions;
  readonly measures: Measures;
  /** Of the figure to order by. */
  readonly byDescription: string;
}

/** The arguments of one kind's totals, over enums that are registered. */
export function createTotalsArgs<Dimensions extends Enum, Measures extends Enum>({
  name,
  plural,
  dimensions,
  measures,
  byDescription,
}: TotalsArgsOptions<Dimensions, Measures>) {
  @InputType(`${name}TotalsOrder`, { description: 'Which rows of totals come first.' })
  class Order implements TotalsOrder<Measures[keyof Measures]> {
    @Field(() => measures, { description: byDescription })
    by!: Measures[keyof Measures];

    @Field(() => SortDirectionEnum, {
      nullable: true,
      defaultValue: 'DESC',
      description: 'Which end comes first; the largest where left out.',
    })
    direction?: 'ASC' | 'DESC' | null;
  }

  @ArgsType()
  class TotalsArgs extends WaitArgs implements TotalsAsk<Dimensions[keyof Dimensions], Order['by']> {
    @Field(() => [dimensions], {
      description:
        `What to group by: a row for every combination that has ${plural}. At most one of HOUR, DAY, WEEK and MONTH. Empty for one ` +
        `row over all ${plural} (and none where there are no ${plural}).`,
    })
    groupBy!: Dimensions[keyof Dimensions][];

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

    @Field(() => Order, {
      nullable: true,
      description:
        'By a figure; where left out by period, oldest first, then by the dimensions as listed in `groupBy`.',
    })
    orderBy?: Order | null;

    @Field(() => Int, {
      nullable: true,
      description: `Only so many rows from the top, 0 to ${MAX_PAGE_SIZE}; all of them where left out.`,
    })
    first?: number | null;
  }
  return TotalsArgs;
}
