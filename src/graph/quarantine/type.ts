import type { RecordKind } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { Field, ID, Int, ObjectType } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { Span } from '../schema/time-range.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'A row the provider sent that could not be read or does not fit, set aside as it came. The other rows of its time stand, ' +
    'but that time is not complete until the row is accepted or is read well later.',
})
export class QuarantinedRow {
  @Field(() => ID, { description: 'What to accept it by; the same however often the row is sent.' })
  id!: string;

  @Field(() => Account, { description: 'The account through which it was collected.' })
  account!: Account;

  @Field(() => RecordKindEnum, { description: 'What kind of row it should have been.' })
  kind!: RecordKind;

  @Field(() => Span, {
    nullable: true,
    description: 'The time that is not complete because of it; null where it came without one.',
  })
  span!: Span | null;

  @Field(() => String, { description: 'What is wrong with it: the field, what was expected and what came.' })
  reason!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What the provider sent, or its beginning; null without the right to see it.',
  })
  raw!: string | null;

  @Field(() => DateTime, { description: 'When it was first read.' })
  firstSeenAt!: number;

  @Field(() => DateTime, { description: 'When it was last read.' })
  lastSeenAt!: number;

  @Field(() => Int, {
    description: 'How many reads have brought it: a window that is refused again and again is one row.',
  })
  timesSeen!: number;
}
