import type { GraphQLResolveInfo } from 'graphql';
import type { TotalsRow } from '../../../records/query.ts';
import type { RequestContext } from '../../context.ts';
import { Arg, Args, Ctx, Info, Query, Resolver } from '../../schema/decorators.ts';
import { SeqNoDimensionEnum, SeqNoMeasureEnum } from '../../schema/enums.ts';
import { SeqNoFailureFilter, selectSeqNoFailures } from '../../seq-no-failure/filter.ts';
import { countFigure, type Figures } from '../order.ts';
import { createTotalsReader, type TotalsSource } from '../read.ts';
import { createTotalsArgs } from '../type.ts';
import { SeqNoTotals } from './type.ts';

export type SeqNoMeasure = (typeof SeqNoMeasureEnum)[keyof typeof SeqNoMeasureEnum];

const SeqNoTotalsArgs = createTotalsArgs({
  name: 'SeqNo',
  plural: 'callbacks',
  dimensions: SeqNoDimensionEnum,
  measures: SeqNoMeasureEnum,
  byDescription: 'The figure to order by.',
});
type SeqNoTotalsArgs = InstanceType<typeof SeqNoTotalsArgs>;

type Row = TotalsRow<'SEQ_NO_FAILURE'>;

const figures: Figures<'SEQ_NO_FAILURE', SeqNoMeasure> = {
  count: countFigure((row: Row) => row.count),
  failedCount: countFigure((row: Row) => row.failedCount),
  playerCount: countFigure((row: Row) => row.playerCount),
};

const readSeqNoTotals = createTotalsReader({
  kind: 'SEQ_NO_FAILURE',
  select: selectSeqNoFailures,
  figures,
});

@Resolver()
export class SeqNoTotalsResolver {
  @Query(() => SeqNoTotals, {
    nullable: true,
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
