import type { RecordKind } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { Field, Int, ObjectType } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { Span } from '../schema/time-range.ts';
import { Coverage, Gap } from './type.ts';

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

  @Field(() => Int, {
    description:
      'How many windows that touch the range wait for a call or are being read now, in this process: 0 once a `reread` has ended.',
  })
  underWay!: number;

  @Field(() => [Gap], {
    description:
      'Why windows that touch the range could not be read when they were last to be, those among them that an earlier read ' +
      'holds: what a `reread` did not read again. While windows wait for a call they are here too.',
  })
  troubles!: readonly Gap[];
}
