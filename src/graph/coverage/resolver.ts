import type { Interval } from '../../records/interval.ts';
import { toAccount } from '../account/type.ts';
import type { RequestContext } from '../context.ts';
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from '../schema/decorators.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkRange } from '../selection/checks.ts';
import { accountsAsked, cover, feedsOf, playersAsked } from '../selection/scope.ts';
import { FeedCoverage } from './feed-coverage.ts';
import { toCoverage } from './type.ts';

/** A feed's coverage before its rows are counted. */
type Covered = Omit<FeedCoverage, 'rows'> & { readonly range: Interval };

@Resolver(() => FeedCoverage)
export class CoverageResolver {
  @Query(() => [FeedCoverage], {
    nullable: true,
    description:
      'How much of a range the archive holds, feed by feed. Asks no provider: the lists and totals do.',
  })
  async coverage(
    @Arg('range', () => TimeRange, { description: 'The range, by each feed’s own axis.' }) asked: TimeRange,
    @Arg('accounts', () => [ID], {
      nullable: true,
      description: 'Configured accounts; all you may see where left out.',
    })
    accounts: string[] | null,
    @Ctx() context: RequestContext,
  ): Promise<Covered[]> {
    const range = checkRange('range', asked);
    const visible = accountsAsked(context, { accounts });
    const covered = await cover(context, feedsOf(context, visible, null), range, null);
    return covered.feeds.flatMap(({ account: id, kind, coverage, held, finalUntil }) =>
      visible
        .filter((account) => account.id === id)
        .map((account) => ({
          account: toAccount(account),
          kind,
          coverage: toCoverage(coverage),
          held: [...held],
          finalUntil,
          range,
        })),
    );
  }

  @FieldResolver()
  async rows(@Root() { account, kind, range }: Covered, @Ctx() context: RequestContext): Promise<number> {
    const players = await playersAsked(context, null);
    return context.deps.archive.count({
      kind,
      accounts: [account.id],
      range,
      axis: 'SETTLED',
      players,
      where: null,
    });
  }
}
