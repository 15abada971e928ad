import { Account } from '../account/type.ts';
import { createConnectionType } from '../lists/connection.ts';
import { Node } from '../node/type.ts';
import { Player } from '../player/type.ts';
import { Directive, Field, Int, ObjectType } from '../schema/decorators.ts';
import { DateTime } from '../schema/scalars.ts';

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'One callback of the provider to the operator’s wallet, with the answer it got: mostly failures, which may leave the ' +
    'two sides’ books apart until they are settled. A callback may be sent up to three times; each try is a row.',
})
export class SeqNoFailure extends Node {
  readonly __typename = 'SeqNoFailure';

  @Field(() => Account, { description: 'The account through which it was collected.' })
  account!: Account;

  @Field(() => String, {
    description: 'The provider’s serial number of the callback; the same for every try of it.',
  })
  seqNo!: string;

  @Field(() => Player, { description: 'Whose wallet was called.' })
  player!: Player;

  @Field(() => String, { description: 'The player’s username at the provider.' })
  providerUsername!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What the callback was to do, such as `increaseCredit`; null where the provider does not say.',
  })
  event!: string | null;

  @Field(() => Int, { description: 'The code with which the operator’s wallet answered.' })
  statusCode!: number;

  @Field(() => String, {
    nullable: true,
    description: 'What that code means by the provider’s document; null where it does not list it.',
  })
  statusMeaning!: string | null;

  @Field(() => Boolean, {
    description: 'Whether the answer was a success (200 or 201): the provider may list successes too.',
  })
  succeeded!: boolean;

  @Field(() => DateTime, { description: 'When the provider sent the callback, the time ranges select by.' })
  requestedAt!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the answer was in; null where the provider does not say.',
  })
  respondedAt!: number | null;

  @Field(() => DateTime, {
    description:
      'When this version was archived here. It never goes back: the safe mark for incremental loads.',
  })
  archivedAt!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The provider’s record as compact JSON, every digit kept; null without the right to see it.',
  })
  raw!: string | null;
}

export const { Connection: SeqNoFailureConnection, ConnectionResolver: SeqNoFailureConnectionResolver } =
  createConnectionType(SeqNoFailure, 'SeqNoFailure', 'wallet callbacks');
