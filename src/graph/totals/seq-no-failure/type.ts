import { Field, Int, ObjectType } from '../../schema/decorators.ts';
import { GroupRow } from '../row.ts';
import { createTotalsType } from '../type.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'Counts over a group of wallet callbacks. A callback that was sent again is counted each time: each try is a row. Fields ' +
    'of dimensions that were not grouped by are null.',
})
export class SeqNoTotalsRow extends GroupRow {
  @Field(() => String, {
    nullable: true,
    description:
      'What the callbacks were to do, such as `increaseCredit`; null unless grouped by EVENT, and for callbacks whose ' +
      'provider does not say.',
  })
  event!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The code with which the operator’s wallet answered; null unless grouped by STATUS_CODE.',
  })
  statusCode!: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the answer was a success (200 or 201); null unless grouped by SUCCEEDED.',
  })
  succeeded!: boolean | null;

  @Field(() => Int, { description: 'How many callbacks, failed and succeeded.' })
  count!: number;

  @Field(() => Int, { description: 'How many of them failed: `succeeded` is false.' })
  failedCount!: number;
}

export const SeqNoTotals = createTotalsType(SeqNoTotalsRow, 'SeqNo', 'wallet callbacks');
