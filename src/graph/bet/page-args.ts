import type { ListOrder } from '../../records/query.ts';
import { PageArgs } from '../lists/page-args.ts';
import { ArgsType, Field } from '../schema/decorators.ts';
import { BetOrderEnum } from '../schema/enums.ts';

@ArgsType()
export class BetPageArgs extends PageArgs {
  @Field(() => BetOrderEnum, {
    nullable: true,
    defaultValue: 'NEWEST',
    description:
      'The order of the list. A cursor is of the order it was given in; by an amount, `after` goes with `first` and ' +
      '`before` with `last`. Amounts of several currencies are compared as numbers: filter one.',
  })
  orderBy?: ListOrder | null;
}
