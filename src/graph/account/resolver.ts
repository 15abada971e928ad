import type { RequestContext } from '../context.ts';
import { Coverage, toCoverage } from '../coverage/type.ts';
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from '../schema/decorators.ts';
import { TimeRange } from '../schema/time-range.ts';
import { checkRange } from '../selection/checks.ts';
import { checkAccount, checkAdministers, cover, visibleAccounts } from '../selection/scope.ts';
import { Feed, FeedHealth, Lateness, toFeed, toLateness } from './feed.ts';
import { Provider, toProvider } from './provider.ts';
import { resolveAccount } from './reference.ts';
import { Account, toAccount } from './type.ts';

const DAY_MS = 86_400_000;
const LATENESS_DAYS = 7;

@Resolver(() => Account)
export class AccountResolver {
  @Query(() => [Provider], {
    description: 'Every provider whose protocol is spoken here, with or without an account.',
  })
  providers(@Ctx() context: RequestContext): Provider[] {
    return context.deps.providers.map(toProvider);
  }

  @Query(() => [Account], { description: 'The configured accounts that you may see.' })
  accounts(@Ctx() context: RequestContext): Account[] {
    return visibleAccounts(context).map(toAccount);
  }

  @Query(() => Account, {
    nullable: true,
    description: 'A configured account; null where there is none of that id, or none you may see.',
  })
  account(
    @Arg('id', () => ID, { description: 'The configured name, such as `vp-main`.' }) id: string,
    @Ctx() context: RequestContext,
  ): Account | null {
    return resolveAccount(context, 'id', id);
  }

  @Mutation(() => Account, {
    description:
      'Has an account’s provider asked nothing until it is resumed: its windows wait, their gaps say so, and queries answer ' +
      'from the archive. It holds in every gateway that runs at one PostgreSQL now; one started later asks. For admins; ' +
      'others are refused with FORBIDDEN.',
  })
  async pauseAccount(
    @Arg('id', () => ID, { description: 'The configured account, such as `vp-main`.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Account> {
    checkAdministers(context, 'pause an account');
    const account = checkAccount(context, 'id', id);
    await context.deps.steering.pause(account.id);
    return toAccount(account);
  }

  @Mutation(() => Account, {
    description:
      'Has an account’s provider asked again at once, after a pause and also after it was stopped for refused credentials, in ' +
      'every gateway that runs at one PostgreSQL. For admins; others are refused with FORBIDDEN.',
  })
  async resumeAccount(
    @Arg('id', () => ID, { description: 'The configured account, such as `vp-main`.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<Account> {
    checkAdministers(context, 'resume an account');
    const account = checkAccount(context, 'id', id);
    await context.deps.steering.resume(account.id);
    return toAccount(account);
  }

  @FieldResolver(() => [Feed], { description: 'Its feeds, one for each kind of rows the provider lists.' })
  feeds(@Root() account: Account, @Ctx() context: RequestContext): Feed[] {
    return context.deps.feeds.filter((feed) => feed.account.id === account.id).map(toFeed);
  }
}

@Resolver(() => Feed)
export class FeedResolver {
  @FieldResolver(() => FeedHealth, { description: 'How it has fared lately.' })
  health(@Root() feed: Feed, @Ctx() context: RequestContext): FeedHealth {
    const health = context.deps.health(feed.configured);
    // A provider's words may name others.
    return context.viewer.onlyPlayer === null ? health : { ...health, message: null };
  }

  @FieldResolver(() => Coverage, { description: 'How much of a range the archive holds. Asks no provider.' })
  async coverage(
    @Arg('range', () => TimeRange, { description: 'The range.' }) range: TimeRange,
    @Root() feed: Feed,
    @Ctx() context: RequestContext,
  ): Promise<Coverage> {
    const covered = await cover(context, [feed.configured], checkRange('range', range), null);
    return toCoverage(covered.coverage);
  }

  @FieldResolver(() => Lateness, {
    description:
      'How late its rows were first listed, by the reads of the last seven days. Asks no provider.',
  })
  async lateness(@Root() { configured }: Feed, @Ctx() { deps, viewer }: RequestContext): Promise<Lateness> {
    const { account, kind, limits } = configured;
    const since = Math.floor(deps.clock() / DAY_MS - LATENESS_DAYS) * DAY_MS;
    // How many rows others have is not a player's to know.
    const histogram =
      viewer.onlyPlayer === null ? await deps.archive.lateness({ account: account.id, kind }, since) : [];
    return toLateness(histogram, since, limits.settlementLag);
  }
}
