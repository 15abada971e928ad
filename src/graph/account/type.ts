import type { Account as ConfiguredAccount } from '../../feeds/feed.ts';
import type { ProviderName } from '../../records/record.ts';
import { Directive, Field, ID, ObjectType } from '../schema/decorators.ts';
import { ProviderNameEnum } from '../schema/provider-name.ts';

@Directive('@key(fields: "id")')
@ObjectType({
  simpleResolvers: true,
  description:
    'One set of credentials at a provider, by the name the operator gave it: where rows come from.',
})
export class Account {
  readonly __typename = 'Account';

  @Field(() => ID, { description: 'The configured name, such as `vp-main`.' })
  id!: string;

  @Field(() => ProviderNameEnum, { description: 'Whose account it is.' })
  provider!: ProviderName;

  @Field(() => String, {
    nullable: true,
    description:
      'The currency of all its rows; null where each row carries its own. HotRoad does not support non-accounting currencies, as its document has it: bets in others are not listed, and in no total.',
  })
  currency!: string | null;
}

export function toAccount({ id, provider, currency }: ConfiguredAccount): Account {
  return { __typename: 'Account', id, provider, currency };
}
