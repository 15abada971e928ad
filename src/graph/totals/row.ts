import type { ProviderName } from '../../records/record.ts';
import { Field, ID, Int, ObjectType } from '../schema/decorators.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';
import { Period } from './period.ts';

/** What a row of any kind's totals tells of its group. */
@ObjectType({ simpleResolvers: true })
export abstract class GroupRow {
  @Field(() => Period, { nullable: true, description: 'The period; null unless grouped by one.' })
  period!: Period | null;

  @Field(() => ProviderNameEnum, {
    nullable: true,
    description: 'The provider; null unless grouped by PROVIDER.',
  })
  provider!: ProviderName | null;

  @Field(() => ID, { nullable: true, description: 'The account; null unless grouped by ACCOUNT.' })
  account!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The player, by the operator’s name; null unless grouped by PLAYER.',
  })
  player!: string | null;

  @Field(() => Int, {
    description: 'How many different players (active players). Counted only when asked for.',
  })
  playerCount!: number;
}
