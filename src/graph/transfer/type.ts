import type { TransferDirection } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { createConnectionType } from '../lists/connection.ts';
import { Node } from '../node/type.ts';
import { Player } from '../player/type.ts';
import { Directive, Field, ObjectType } from '../schema/decorators.ts';
import { TransferDirectionEnum } from '../schema/enums.ts';
import { DateTime, Decimal } from '../schema/scalars.ts';

@Directive('@key(fields: "id")')
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'Money moved between the operator’s wallet and the provider’s, as the provider recorded it. Balances are those at the ' +
    'provider.',
})
export class Transfer extends Node {
  readonly __typename = 'Transfer';

  @Field(() => Account, { description: 'The account through which it was collected.' })
  account!: Account;

  @Field(() => String, {
    description:
      'The code under which the operator sent it: the key to reconcile by, unique within the account.',
  })
  transactionCode!: string;

  @Field(() => Player, { description: 'Whose money it is.' })
  player!: Player;

  @Field(() => String, { description: 'The player’s username at the provider.' })
  providerUsername!: string;

  @Field(() => TransferDirectionEnum, {
    description:
      'Which way the money went: by the sign of `amount`, or of `freeCredit` where the amount is zero.',
  })
  direction!: TransferDirection;

  @Field(() => String, { description: 'The currency of every amount of this transfer: the account’s.' })
  currency!: string;

  @Field(() => Decimal, { description: 'The player’s own money moved, signed: a withdrawal is negative.' })
  amount!: string;

  @Field(() => Decimal, {
    nullable: true,
    description: 'Free credit moved, signed like `amount`; null where the provider sends none.',
  })
  freeCredit!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The balance before; null where the provider sends none.',
  })
  balanceBefore!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The balance after; null where the provider sends none.',
  })
  balanceAfter!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The free credit before; null where the provider sends none.',
  })
  freeCreditBefore!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The free credit after; null where the provider sends none.',
  })
  freeCreditAfter!: string | null;

  @Field(() => Decimal, {
    nullable: true,
    description: 'The player’s own money before, without credit; null where the provider sends none.',
  })
  realCreditBefore!: string | null;

  @Field(() => DateTime, { description: 'When the provider recorded it, the time ranges select by.' })
  createdAt!: number;

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

export const { Connection: TransferConnection, ConnectionResolver: TransferConnectionResolver } =
  createConnectionType(Transfer, 'Transfer', 'transfers');
