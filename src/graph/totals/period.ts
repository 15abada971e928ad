import { BadUserInputError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import { createPeriodGrid, labelOf, type PeriodGrid, type PeriodUnit } from '../../records/period.ts';
import type { Dimension, GroupDimension } from '../../records/query.ts';
import { Field, ObjectType } from '../schema/decorators.ts';
import { DateTime } from '../schema/scalars.ts';
import { checkTimeOfDay, checkTimeZone } from '../selection/checks.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'An hour, business day, week or month in the zone asked for.',
})
export class Period {
  @Field(() => DateTime, { description: 'Its first instant.' })
  start!: number;

  @Field(() => DateTime, { description: 'The first instant after it.' })
  end!: number;

  @Field(() => String, {
    description:
      'Its name in the zone asked for: `2026-11` (month), `2026-W47` (ISO week), `2026-11-21` (day), ' +
      '`2026-11-01T01:00-04:00` (hour, with the offset, since clocks going back have one twice).',
  })
  label!: string;
}

export interface Grouping {
  readonly groupBy: readonly GroupDimension[];
  readonly periods: PeriodGrid | null;
}

export interface GroupingAsk {
  readonly groupBy: readonly Dimension[];
  readonly timeZone?: string | null;
  readonly dayStartsAt?: string | null;
}

/** Dimensions apart from the period among them; throws a BadUserInputError for two periods, an unknown zone or time. */
export function toGrouping({ groupBy, timeZone, dayStartsAt }: GroupingAsk, range: Interval): Grouping {
  const zone = checkTimeZone(timeZone);
  const dayStartsAtMs = checkTimeOfDay('dayStartsAt', dayStartsAt);
  const units = new Set<PeriodUnit>();
  const others = new Set<GroupDimension>();
  for (const dimension of groupBy) {
    if (isPeriodUnit(dimension)) units.add(dimension);
    else others.add(dimension);
  }
  if (units.size > 1) {
    throw new BadUserInputError(
      `groupBy: expected at most one of HOUR, DAY, WEEK and MONTH, got ${[...units].join(', ')}`,
    );
  }
  const [unit] = units;
  return {
    groupBy: [...others],
    periods:
      unit === undefined ? null : createPeriodGrid(unit, zone, range, unit === 'HOUR' ? 0 : dayStartsAtMs),
  };
}

/** A period as the graph shows it. */
export function toPeriod(grid: PeriodGrid | null, period: Interval | null): Period | null {
  if (grid === null || period === null) return null;
  return { start: period.from, end: period.to, label: labelOf(grid, period) };
}

function isPeriodUnit(dimension: Dimension): dimension is PeriodUnit {
  return dimension === 'HOUR' || dimension === 'DAY' || dimension === 'WEEK' || dimension === 'MONTH';
}
