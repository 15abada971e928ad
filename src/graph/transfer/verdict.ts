import { Field, Int, ObjectType } from '../schema/decorators.ts';
import { TransferStateEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { Span } from '../schema/time-range.ts';
import { Transfer } from './type.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'A reading of the provider’s records that a verdict rests on.',
})
export class VerdictEvidence {
  @Field(() => String, { description: 'The operation that was called.' })
  operation!: string;

  @Field(() => DateTime, { description: 'When the request left, by our clock.' })
  askedAt!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'What the provider’s clock showed at least then; null where its answers carry no date.',
  })
  providerTime!: number | null;

  @Field(() => DateTime, {
    description: 'The first instant that was read; `sentAt` where it was asked for by its code.',
  })
  from!: number;

  @Field(() => DateTime, { description: 'The end of what was read.' })
  to!: number;

  @Field(() => Int, { description: 'How many rows came.' })
  rows!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'What is known of a transfer that was sent, and on what ground.',
})
export class TransferVerdict {
  @Field(() => TransferStateEnum, { description: 'Arrived, proven absent, or not known yet.' })
  state!: keyof typeof TransferStateEnum;

  @Field(() => Transfer, { nullable: true, description: 'The transfer, where it arrived; else null.' })
  transfer!: Transfer | null;

  @Field(() => Span, {
    description:
      'The span of the provider’s records the verdict stands on, both ends included: from 5 minutes before `sentAt` to 10 ' +
      'minutes after it, by the provider’s clock as its answers have dated themselves since an hour before `sentAt`; an hour ' +
      'more at either end where they carry no date.',
  })
  searched!: Span;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'As of when absence is proven: by then the provider had been asked for all of `searched`, and its records of it were ' +
      'finished. Null unless NOT_ARRIVED.',
  })
  provenAt!: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When to ask again. Null unless NOT_YET_KNOWN, and where waiting alone will not help.',
  })
  retryAt!: number | null;

  @Field(() => String, { description: 'Why this is the verdict; for people, not for programs.' })
  reason!: string;

  @Field(() => [VerdictEvidence], {
    description: 'The readings the verdict rests on; none where the archive alone decided.',
  })
  evidence!: readonly VerdictEvidence[];
}
