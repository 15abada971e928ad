import type { Interval } from '../../records/interval.ts';
import { Field, InputType, ObjectType } from './decorators.ts';
import { DateTime } from './scalars.ts';

@InputType({
  description:
    'A half-open span of time: `from` belongs to it, `to` does not. November 2026 is 2026-11-01 to 2026-12-01, and ' +
    'touching ranges never count a row twice.',
})
export class TimeRange implements Interval {
  @Field(() => DateTime, { description: 'The first instant of the range.' })
  from!: number;

  @Field(() => DateTime, { description: 'The first instant after the range; must be later than `from`.' })
  to!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A half-open span of time: `from` belongs to it, `to` does not.',
})
export class Span implements Interval {
  @Field(() => DateTime, { description: 'The first instant of the span.' })
  from!: number;

  @Field(() => DateTime, { description: 'The first instant after the span.' })
  to!: number;
}
