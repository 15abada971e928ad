import { BadUserInputError } from '../../errors.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { Interval } from '../../records/interval.ts';
import type { RecordKind } from '../../records/record.ts';
import { toAccount } from '../account/type.ts';
import type { RequestContext } from '../context.ts';
import { show } from '../rows/ids.ts';
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from '../schema/decorators.ts';
import { RecordKindEnum } from '../schema/enums.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkRange } from '../selection/checks.ts';
import {
  accountsAsked,
  checkAccount,
  checkAdministers,
  cover,
  feedsOf,
  playersAsked,
} from '../selection/scope.ts';
import { FeedCoverage } from './feed-coverage.ts';
import { type Gap, toCoverage } from './type.ts';

/** A feed's coverage before its rows are counted. */
type Covered = Omit<FeedCoverage, 'rows' | 'underWay' | 'troubles'> & { readonly range: Interval };

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
    return coveredFeeds(context, feedsOf(context, visible, null), range);
  }

  @Mutation(() => FeedCoverage, {
    description:
      'Reads a range of a feed again, held or not, and answers at once how it is covered now. What is no longer listed is ' +
      'decided by it, rows that wait for an admin among them. For admins; others are refused with FORBIDDEN.',
  })
  async reread(
    @Arg('account', () => ID, { description: 'The configured account, such as `vp-main`.' }) id: string,
    @Arg('kind', () => RecordKindEnum, { description: 'The kind of rows.' }) kind: RecordKind,
    @Arg('range', () => TimeRange, { description: 'The range, by the feed’s own axis.' }) asked: TimeRange,
    @Ctx() context: RequestContext,
  ): Promise<Covered> {
    checkAdministers(context, 'have held intervals read again');
    const range = checkRange('range', asked);
    const [feed] = feedsOf(context, [checkAccount(context, 'account', id)], kind);
    if (feed === undefined) throw new BadUserInputError(`kind: account ${show(id)} has no feed of ${kind}`);
    // It goes on after the answer: what fails is told by the feed's health and its gaps.
    void context.deps.reread(feed, range);
    const [covered] = await coveredFeeds(context, [feed], range);
    if (covered === undefined) throw new Error(`${id} ${kind}: expected the coverage of a feed`);
    return covered;
  }

  @FieldResolver()
  underWay(@Root() covered: Covered, @Ctx() context: RequestContext): number {
    return context.deps.underWay(feedOf(context, covered), covered.range);
  }

  @FieldResolver()
  troubles(@Root() covered: Covered, @Ctx() context: RequestContext): Gap[] {
    const { account, kind, range } = covered;
    return context.deps.troubles(feedOf(context, covered), range).map((trouble) => ({
      accountId: account.id,
      kind,
      ...trouble,
      // A provider's words may name others.
      message: context.viewer.onlyPlayer === null ? trouble.message : null,
    }));
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

function feedOf(context: RequestContext, { account, kind }: Covered): Feed {
  const [feed] = feedsOf(context, [checkAccount(context, 'account', account.id)], kind);
  if (feed === undefined) throw new Error(`${account.id} ${kind}: expected the feed of a coverage`);
  return feed;
}

async function coveredFeeds(
  context: RequestContext,
  feeds: readonly Feed[],
  range: Interval,
): Promise<Covered[]> {
  const covered = await cover(context, feeds, range, null);
  return covered.feeds.map(({ account, kind, coverage, held, finalUntil }) => ({
    account: toAccount(checkAccount(context, 'account', account)),
    kind,
    coverage: toCoverage(coverage),
    held: [...held],
    finalUntil,
    range,
  }));
}
