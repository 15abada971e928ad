import type { ProviderName, TransferDirection } from '../../../records/record.ts';
import { Field, ID, Int, ObjectType } from '../../schema/decorators.ts';
import { TransferDirectionEnum } from '../../schema/enums.ts';
import { ProviderNameEnum } from '../../schema/provider-name.ts';
import { Period } from '../period.ts';
import { createTotalsType } from '../type.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'Exact sums over a group of transfers. Money is in the group’s one currency: where a group has several, counts are answered and each ' +
    'money field selected is null, with an error that says so. Fields of dimensions that were not grouped by are null.',
})
export class TransferTotalsRow {
  @Field(() => Period, { nullable: true, description: 'The period; null unless grouped by one.' })
  period!: Period | null;

  @Field(() => ProviderNameEnum, {
    nullable: true,
    description: 'The provider; null unless grouped by PROVIDER.',
  })
  provider!: ProviderName | null;

  @Field(() => ID, { nullable: true, description: 'The account; null unless grouped by ACCOUNT.' })
  account!: string | null;

  @Field(() => String, { nullable: true, description: 'The currency; null unless grouped by CURRENCY.' })
  currency!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The player, by the operator’s name; null unless grouped by PLAYER.',
  })
  player!: string | null;

  @Field(() => TransferDirectionEnum, {
    nullable: true,
    description: 'Which way the money went; null unless grouped by DIRECTION.',
  })
  direction!: TransferDirection | null;

  @Field(() => Int, { description: 'How many transfers, both ways, those of free credit alone included.' })
  transferCount!: number;

  @Field(() => Int, { description: 'How many different players. Counted only when asked for.' })
  playerCount!: number;
}

export const TransferTotals = createTotalsType(TransferTotalsRow, 'Transfer', 'transfers');
