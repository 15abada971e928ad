import type { GraphQLResolveInfo } from 'graphql';
import type { RequestContext } from '../context.ts';
import { type Connected, readConnection } from '../lists/page.ts';
import { toPageWindow } from '../lists/page-args.ts';
import { rowsAsked } from '../rows/columns-asked.ts';
import { decodeIdOf } from '../rows/ids.ts';
import { Arg, Args, Ctx, ID, Info, Query, Resolver } from '../schema/decorators.ts';
import { DateTime } from '../schema/scalars.ts';
import { checkMaxWait, checkText } from '../selection/checks.ts';
import { checkAccount } from '../selection/scope.ts';
import { findBet } from './detail.ts';
import { BetFilter, selectBets } from './filter.ts';
import { BetPageArgs } from './page-args.ts';
import { Bet, BetConnection } from './type.ts';
import { toBet } from './view.ts';

const NEAR =
  'Roughly when the bet was settled. Only needed for a bet that is not archived, at a provider that looks bets up within ' +
  'a few days; without it such a bet is null and `extensions.notices` holds DETAIL_NEEDS_NEAR.';

@Resolver()
export class BetResolver {
  @Query(() => BetConnection, {
    nullable: true,
    description:
      'Bets, newest first. What the archive lacks of the range is fetched from the providers while you wait, at most ' +
      '`maxWait`; the coverage says what is still missing.',
  })
  async bets(
    @Arg('filter', () => BetFilter, { description: 'Which bets.' }) filter: BetFilter,
    @Args(() => BetPageArgs) args: BetPageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connected<Bet>> {
    return readBets(context, filter, args, info);
  }

  @Query(() => Bet, {
    nullable: true,
    description:
      'One bet by its id: from the archive, else from the provider where it offers that. Null where neither has it.',
  })
  bet(
    @Arg('id', () => ID, { description: 'A bet’s id.' }) id: string,
    @Arg('near', () => DateTime, { nullable: true, description: NEAR }) near: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Bet | null> {
    return findBet(context, decodeIdOf('Bet', 'id', id), near ?? null);
  }

  @Query(() => Bet, {
    nullable: true,
    description:
      'One bet by the provider’s own key: from the archive, else from the provider where it offers that. Null where neither has it.',
  })
  async betByProviderId(
    @Arg('account', () => ID, { description: 'The account it belongs to, such as `one-main`.' })
    account: string,
    @Arg('providerBetId', () => String, { description: 'The provider’s key: a bet’s `providerBetId`.' })
    providerBetId: string,
    @Arg('near', () => DateTime, { nullable: true, description: NEAR }) near: number | null,
    @Ctx() context: RequestContext,
  ): Promise<Bet | null> {
    const key = checkText('providerBetId', providerBetId);
    return findBet(context, { account: checkAccount(context, 'account', account).id, key }, near ?? null);
  }
}

/** A page of bets; throws a BadUserInputError before anything is called. */
export async function readBets(
  context: RequestContext,
  filter: BetFilter,
  args: BetPageArgs,
  info: GraphQLResolveInfo,
): Promise<Connected<Bet>> {
  const axis = filter.axis ?? 'SETTLED';
  const page = {
    window: toPageWindow(context, { kind: 'BET', axis, order: args.orderBy ?? 'NEWEST' }, args),
    maxWaitMs: checkMaxWait(args.maxWait),
    rows: rowsAsked('BET', info),
  };
  return readConnection(context, await selectBets(context, filter), page, (row) => toBet(context, row));
}
