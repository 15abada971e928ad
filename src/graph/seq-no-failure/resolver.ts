import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import { type Connected, readConnection } from '../lists/page.ts';
import { PageArgs, toPageWindow } from '../lists/page-args.ts';
import { rowsAsked } from '../rows/columns-asked.ts';
import { Arg, Args, Ctx, Info, Query, Resolver } from '../schema/decorators.ts';
import { checkMaxWait } from '../selection/checks.ts';
import { SeqNoFailureFilter, selectSeqNoFailures } from './filter.ts';
import { type SeqNoFailure, SeqNoFailureConnection } from './type.ts';
import { toSeqNoFailure } from './view.ts';

@Resolver()
export class SeqNoFailureResolver {
  @Query(() => SeqNoFailureConnection, {
    nullable: true,
    description:
      'Wallet callbacks that failed (and, where the provider lists them, succeeded), newest first. What the archive lacks of ' +
      'the range is fetched while you wait, at most `maxWait`; the coverage says what is still missing.',
  })
  async seqNoFailures(
    @Arg('filter', () => SeqNoFailureFilter, { description: 'Which callbacks.' }) filter: SeqNoFailureFilter,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connected<SeqNoFailure>> {
    return readSeqNoFailures(context, filter, args, info);
  }
}

/** A page of wallet callbacks; throws a BadUserInputError before anything is called. */
export async function readSeqNoFailures(
  context: RequestContext,
  filter: SeqNoFailureFilter,
  args: PageArgs,
  info: GraphQLResolveInfo,
): Promise<Connected<SeqNoFailure>> {
  const window = toPageWindow(context, { kind: 'SEQ_NO_FAILURE', axis: 'SETTLED' }, args);
  const page = { window, maxWaitMs: checkMaxWait(args.maxWait), rows: rowsAsked('SEQ_NO_FAILURE', info) };
  const selection = await selectSeqNoFailures(context, filter);
  return readConnection(context, selection, page, (row) => toSeqNoFailure(context, row));
}
