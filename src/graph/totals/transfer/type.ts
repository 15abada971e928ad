import type { TransferDirection } from '../../../records/record.ts';
import { Field, Int, ObjectType } from '../../schema/decorators.ts';
import { TransferDirectionEnum } from '../../schema/enums.ts';
import { GroupRow } from '../row.ts';
import { createTotalsType } from '../type.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'Exact sums over a group of transfers. Money is in the group’s one currency: where a group has several, counts are answered and each ' +
    'money field selected is null, with an error that says so. Fields of dimensions that were not grouped by are null.',
})
export class TransferTotalsRow extends GroupRow {
  @Field(() => String, { nullable: true, description: 'The currency; null unless grouped by CURRENCY.' })
  currency!: string | null;

  @Field(() => TransferDirectionEnum, {
    nullable: true,
    description: 'Which way the money went; null unless grouped by DIRECTION.',
  })
  direction!: TransferDirection | null;

  @Field(() => Int, { description: 'How many transfers, both ways, those of free credit alone included.' })
  transferCount!: number;
}

export const TransferTotals = createTotalsType(TransferTotalsRow, 'Transfer', 'transfers');
