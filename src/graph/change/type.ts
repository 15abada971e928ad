import { type ChangeCause, type ChangeType, changeCauses, changeTypes } from '../../records/change.ts';
import type { RecordKind } from '../../records/record.ts';
import { Account } from '../account/type.ts';
import { Bet } from '../bet/type.ts';
import { PageInfo } from '../lists/connection.ts';
import { createUnionType, Field, ID, ObjectType } from '../schema/decorators.ts';
import { enumOf, RecordKindEnum, registerEnum } from '../schema/enums.ts';
import { DateTime } from '../schema/scalars.ts';
import { SeqNoFailure } from '../seq-no-failure/type.ts';
import { Transfer } from '../transfer/type.ts';

export const ChangeTypeEnum = enumOf(changeTypes);
registerEnum(ChangeTypeEnum, 'ChangeType', 'What became of a row of the archive.', {
  ADDED: 'It was archived for the first time: there is no `before`.',
  REPLACED: 'A later version took its place.',
  WITHDRAWN:
    'Its provider no longer lists it, as two reads have shown: it is out of lists, totals and exports unless asked for. There is no `after`.',
  RESTORED:
    'A withdrawn row is listed again: `after` is how, and there is no `before`, since it counted nowhere.',
});

export const ChangeCauseEnum = enumOf(changeCauses);
registerEnum(ChangeCauseEnum, 'ChangeCause', 'What made a change.', {
  PROVIDER: 'News of the provider.',
  CONFIGURATION: 'An option of the account was changed, and what is archived was computed anew.',
  ADMIN: 'An admin decided it.',
});

export const Record = createUnionType({
  name: 'Record',
  description: 'A row of any of the three kinds.',
  types: () => [Bet, Transfer, SeqNoFailure] as const,
});
export type Record = Bet | Transfer | SeqNoFailure;

@ObjectType({
  simpleResolvers: true,
  description:
    'One entry of the archive’s log of what became of its rows. Changes add up: over any stretch of them, the sum of ' +
    '`after` − `before` is how much the totals changed.',
})
export class Change {
  @Field(() => ChangeTypeEnum, { description: 'What happened.' })
  type!: ChangeType;

  @Field(() => ChangeCauseEnum, { description: 'What made it.' })
  cause!: ChangeCause;

  @Field(() => RecordKindEnum, { description: 'The kind of row.' })
  kind!: RecordKind;

  @Field(() => DateTime, { description: 'When it was archived: never earlier than the change before it.' })
  at!: number;

  @Field(() => Account, { description: 'The account of the row.' })
  account!: Account;

  @Field(() => ID, { description: 'The row’s id.' })
  recordId!: string;

  @Field(() => Record, {
    nullable: true,
    description: 'The row as it was until then; null where it counted nowhere, or is no longer kept.',
  })
  before!: Record | null;

  @Field(() => Record, {
    nullable: true,
    description: 'The row as it was from then on; null where it was withdrawn.',
  })
  after!: Record | null;
}

@ObjectType({ simpleResolvers: true, description: 'A change with its cursor.' })
export class ChangeEdge {
  @Field(() => Change, { description: 'The change.' })
  node!: Change;

  @Field(() => String, {
    description:
      'Its place in the log. Once given, no older change comes after it: keep the last one, and go on from it.',
  })
  cursor!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A page of changes, oldest first.' })
export class ChangeConnection {
  @Field(() => [ChangeEdge], { description: 'The changes with their cursors.' })
  edges!: readonly ChangeEdge[];

  @Field(() => [Change], { description: 'The changes alone.' })
  nodes!: readonly Change[];

  @Field(() => PageInfo, { description: 'Where this page lies in the log.' })
  pageInfo!: PageInfo;
}
