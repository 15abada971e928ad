import type { GraphQLResolveInfo } from 'graphql';
import { BadUserInputError } from '../../errors.ts';
import type { RequestContext } from '../context.ts';
import { type Connected, readConnection } from '../lists/page.ts';
import { PageArgs, toPageWindow, WaitArgs } from '../lists/page-args.ts';
import { rowsAsked } from '../rows/columns-asked.ts';
import { Arg, Args, Ctx, Field, ID, Info, InputType, Query, Resolver } from '../schema/decorators.ts';
import { DateTime } from '../schema/scalars.ts';
import { checkList, checkMaxWait } from '../selection/checks.ts';
import { selectTransfers, TransferFilter } from './filter.ts';
import { checkCode, checkTransferAccount, findVerdicts } from './status.ts';
import { type Transfer, TransferConnection } from './type.ts';
import { TransferVerdict } from './verdict.ts';
import { toTransfer } from './view.ts';

const MOST_ASKS = 1_000;

@InputType({ description: 'A transfer whose arrival is asked for.' })
export class TransferAsk {
  @Field(() => String, { description: 'The code it was sent under.' })
  transactionCode!: string;

  @Field(() => DateTime, { description: 'When it was sent, by the operator’s clock.' })
  sentAt!: number;
}

@Resolver()
export class TransferResolver {
  @Query(() => TransferConnection, {
    nullable: true,
    description:
      'Transfers, newest first. What the archive lacks of the range is fetched from the providers while you wait, at most ' +
      '`maxWait`; the coverage says what is still missing.',
  })
  async transfers(
    @Arg('filter', () => TransferFilter, { description: 'Which transfers.' }) filter: TransferFilter,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connected<Transfer>> {
    return readTransfers(context, filter, args, info);
  }

  @Query(() => TransferVerdict, {
    nullable: true,
    description:
      'Whether a transfer arrived at the provider, with proof: ask before you send the money again. It is asked for by its ' +
      'code where the provider can be asked so; else, and for proof of absence, the provider’s records around `sentAt` are ' +
      'read anew. An archived transfer is found whatever its time. HotRoad’s log is believed to go 40 days back, which its ' +
      'document does not say: nothing older is called absent unless `limits.TRANSFER.retention` says how far it goes.',
  })
  async transferStatus(
    @Arg('account', () => ID, { description: 'The account it was sent through, such as `hrg-main`.' })
    account: string,
    @Arg('transactionCode', () => String, { description: 'The code it was sent under.' })
    transactionCode: string,
    @Arg('sentAt', () => DateTime, { description: 'When it was sent, by the operator’s clock.' })
    sentAt: number,
    @Args(() => WaitArgs) args: WaitArgs,
    @Ctx() context: RequestContext,
  ): Promise<TransferVerdict> {
    const feed = checkTransferAccount(context, account);
    const ask = { code: checkCode('transactionCode', transactionCode), sentAt };
    const [verdict] = await findVerdicts(context, feed, [ask], checkMaxWait(args.maxWait));
    return verdict!;
  }

  @Query(() => [TransferVerdict], {
    nullable: true,
    description:
      'As `transferStatus`, of many transfers at once and in their order: they share what is read.',
  })
  async transferStatuses(
    @Arg('account', () => ID, { description: 'The account they were sent through, such as `hrg-main`.' })
    account: string,
    @Arg('asks', () => [TransferAsk], { description: 'The transfers; at most 1,000.' }) asks: TransferAsk[],
    @Args(() => WaitArgs) args: WaitArgs,
    @Ctx() context: RequestContext,
  ): Promise<readonly TransferVerdict[]> {
    const feed = checkTransferAccount(context, account);
    if (asks.length > MOST_ASKS)
      throw new BadUserInputError(`asks: expected at most ${MOST_ASKS}, got ${asks.length.toString()}`);
    const wanted = (checkList('asks', asks) ?? []).map(({ transactionCode, sentAt }, index) => ({
      code: checkCode(`asks[${index}].transactionCode`, transactionCode),
      sentAt,
    }));
    return findVerdicts(context, feed, wanted, checkMaxWait(args.maxWait));
  }
}

/** A page of transfers; throws a BadUserInputError before anything is called. */
export async function readTransfers(
  context: RequestContext,
  filter: TransferFilter,
  args: PageArgs,
  info: GraphQLResolveInfo,
): Promise<Connected<Transfer>> {
  const window = toPageWindow(context, { kind: 'TRANSFER', axis: 'SETTLED' }, args);
  const page = { window, maxWaitMs: checkMaxWait(args.maxWait), rows: rowsAsked('TRANSFER', info) };
  return readConnection(context, await selectTransfers(context, filter), page, (row) =>
    toTransfer(context, row),
  );
}
