import { Field, ObjectType } from '../schema/decorators.ts';
import { TransferStateEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { Span } from '../schema/time-range.ts';
import { Transfer } from './type.ts';

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
      'The span of the provider’s records the verdict stands on: 5 minutes before `sentAt` to 10 minutes after it.',
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
}
