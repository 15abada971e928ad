import type { RecordKind } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { Field, Int, ObjectType } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { Span } from '../schema/time-range.ts';
import { Coverage } from './type.ts';

@ObjectType({ simpleResolvers: true, description: 'How much of a range one feed has in the archive.' })
export class FeedCoverage {
  @Field(() => Account, { description: 'The account.' })
  account!: Account;

  @Field(() => RecordKindEnum, { description: 'The kind of rows.' })
  kind!: RecordKind;

  @Field(() => Coverage, { description: 'What is there and what is missing.' })
  coverage!: Coverage;

  @Field(() => [Span], {
    description: 'The parts of the range that are held or final, oldest first: not what is open.',
  })
  held!: readonly Span[];

  @Field(() => DateTime, {
    nullable: true,
    description:
      'From the range’s start up to here everything is final; null where its start is not. A safe end for closed books.',
  })
  finalUntil!: number | null;

  @Field(() => Int, {
    description: 'How many rows the archive has in the range. Counted only when asked for.',
  })
  rows!: number;
}
