import { Account } from '../account/type.ts';
import { Field, ObjectType } from '../schema/decorators.ts';

@ObjectType({ simpleResolvers: true, description: 'A player’s name at one account.' })
export class PlayerAccount {
  @Field(() => Account, { description: 'The account.' })
  account!: Account;

  @Field(() => String, { description: 'The player’s username there.' })
  providerUsername!: string;
}
