import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, Info, Query, Resolver } from '../../schema/decorators.ts';
import { SeqNoFailureFilter } from '../../seq-no-failure/filter.ts';
import type { TotalsSource } from '../read.ts';
import { SeqNoTotalsArgs } from './args.ts';
import { readSeqNoTotals } from './read.ts';
import { SeqNoTotals } from './type.ts';

@Resolver()
export class SeqNoTotalsResolver {
  @Query(() => SeqNoTotals, {
    description:
      'Wallet callbacks counted, grouped: which fail, how often, for whom. What the archive lacks of the range is fetched while ' +
      'you wait, at most `maxWait`; the coverage says what is still missing. Counted are the callbacks the provider lists, which ' +
      'may be failures alone: make no rate of `failedCount` and `count` before you know.',
  })
  seqNoTotals(
    @Arg('filter', () => SeqNoFailureFilter, { description: 'Which callbacks.' }) filter: SeqNoFailureFilter,
    @Args(() => SeqNoTotalsArgs) args: SeqNoTotalsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TotalsSource<'SEQ_NO_FAILURE'>> {
    return readSeqNoTotals(context, filter, args, info);
  }
}
