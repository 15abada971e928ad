import { Field, ObjectType } from '../schema/decorators.ts';
import { Decimal } from '../schema/scalars.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'A bet’s stake and win by kind of credit. Each is null where the provider does not send it.',
})
export class BetCredits {
  @Field(() => Decimal, { nullable: true, description: 'Staked from the player’s own money.' })
  realStake!: string | null;

  @Field(() => Decimal, { nullable: true, description: 'Staked from free credit.' })
  freeStake!: string | null;

  @Field(() => Decimal, { nullable: true, description: 'Staked from promotional credit.' })
  promotionStake!: string | null;

  @Field(() => Decimal, { nullable: true, description: 'Won or (negative) lost of the player’s own money.' })
  realNetWin!: string | null;

  @Field(() => Decimal, { nullable: true, description: 'Won or (negative) lost of free credit.' })
  freeNetWin!: string | null;

  @Field(() => Decimal, { nullable: true, description: 'Won or (negative) lost of promotional credit.' })
  promotionNetWin!: string | null;
}
