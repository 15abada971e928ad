import type { Coverage as CoverageRecord, GapReason } from '../../records/coverage.ts';
import type { RecordKind } from '../../records/record.ts';
import { Field, ID, Int, ObjectType } from '../schema/decorators.ts';
import { GapReasonEnum, RecordKindEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'A part of the asked range that is not there, or not wholly, with the reason.',
})
export class Gap {
  @Field(() => ID, { description: 'The account whose rows are missing.' })
  accountId!: string;

  @Field(() => RecordKindEnum, { description: 'The kind of rows that are missing.' })
  kind!: RecordKind;

  @Field(() => DateTime, { description: 'The first instant that is missing.' })
  from!: number;

  @Field(() => DateTime, { description: 'The first instant after the gap.' })
  to!: number;

  @Field(() => GapReasonEnum, { description: 'Why it is missing.' })
  reason!: GapReason;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When asking again may bring more; null where waiting alone will not help.',
  })
  retryAt!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the provider said, or what to do; for people, not for programs.',
  })
  message!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'How much of the asked range is there. What was read and the gaps together are exactly the range, for every feed asked. ' +
    'Check `complete` before you publish a number, and `final` before you close the books on it.',
})
export class Coverage {
  @Field(() => Boolean, {
    description:
      'Whether every instant of the range was read: no gaps, nothing in quarantine. The youngest rows may still come: what ' +
      'lies from `openFrom` on was read a moment ago, and is read again when asked for.',
  })
  complete!: boolean;

  @Field(() => Boolean, {
    description:
      'Complete, the last planned re-reading for late news is done as well, and no row is contradicted: the numbers are not ' +
      'expected to change.',
  })
  final!: boolean;

  @Field(() => Int, {
    description: 'How many windows (the pieces in which providers are asked) the range consists of.',
  })
  windowsAsked!: number;

  @Field(() => Int, { description: 'How many of them are there.' })
  windowsHeld!: number;

  @Field(() => Int, { description: 'How many rows could not be read and were set aside.' })
  quarantined!: number;

  @Field(() => Int, {
    description:
      'How many rows a later reading of their time did not list any more, not confirmed yet: they count until they are ' +
      'withdrawn.',
  })
  contradicted!: number;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'From here on rows may still come, by the provider’s clock: it lists them up to its `settlementLag` late. Null where ' +
      'all that was read is held.',
  })
  openFrom!: number | null;

  @Field(() => [Gap], {
    description: 'What is missing, by account, kind and time; adjacent gaps of one reason are one.',
  })
  gaps!: readonly Gap[];
}

export function toCoverage(coverage: CoverageRecord): Coverage {
  return {
    ...coverage,
    gaps: coverage.gaps.map(({ account, ...gap }) => ({ ...gap, accountId: account })),
  };
}
