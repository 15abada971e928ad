import type { RequestContext } from '../context.ts';
import { type Connected, readConnection } from '../lists/page.ts';
import { PageArgs, toPageWindow, WaitArgs } from '../lists/page-args.ts';
import { Arg, Args, Ctx, ID, Query, Resolver } from '../schema/decorators.ts';
import { DateTime } from '../schema/scalars.ts';
import { checkMaxWait, checkText } from '../selection/checks.ts';
import { selectTransfers, TransferFilter } from './filter.ts';
import { checkTransferAccount, findVerdict } from './status.ts';
import { type Transfer, TransferConnection } from './type.ts';
import { TransferVerdict } from './verdict.ts';
import { toTransfer } from './view.ts';

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
  ): Promise<Connected<Transfer>> {
    return readTransfers(context, filter, args);
  }

  @Query(() => TransferVerdict, {
    nullable: true,
    description:
      'Whether a transfer arrived at the provider, with proof: ask before you send the money again. The provider’s records ' +
      'from 5 minutes before `sentAt` to 10 minutes after it are searched; an archived transfer is found whatever its time.',
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
    const key = checkText('transactionCode', transactionCode);
    return findVerdict(context, { feed, key, sentAt, maxWaitMs: checkMaxWait(args.maxWait) });
  }
}

/** A page of transfers; throws a BadUserInputError before anything is called. */
export async function readTransfers(
  context: RequestContext,
  filter: TransferFilter,
  args: PageArgs,
): Promise<Connected<Transfer>> {
  const window = toPageWindow(context, { kind: 'TRANSFER', axis: 'SETTLED' }, args);
  const page = { window, maxWaitMs: checkMaxWait(args.maxWait) };
  return readConnection(context, await selectTransfers(context, filter), page, (row) =>
    toTransfer(context, row),
  );
}
