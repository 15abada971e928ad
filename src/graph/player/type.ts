import { Node } from '../node/type.ts';
import { Directive, Field, ObjectType } from '../schema/decorators.ts';

@Directive('@key(fields: "id")')
@Directive('@key(fields: "username")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'A player across all accounts and providers, by the operator’s own name. Other subgraphs may add fields to it by ' +
    '`id` or by `username`.',
})
export class Player extends Node {
  readonly __typename = 'Player';

  @Field(() => String, {
    description:
      'The operator’s name of the player: from the configured mapping, else the provider’s username. A stable pseudonym ' +
      'for a key without the right to see players.',
  })
  username!: string;
}
