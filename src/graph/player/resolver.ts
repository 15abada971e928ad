import type { GraphQLResolveInfo } from 'graphql';
import { toAccount } from '../account/type.ts';
import { BetPageArgs } from '../bet/page-args.ts';
import { readBets } from '../bet/resolver.ts';
import { type Bet, BetConnection } from '../bet/type.ts';
import type { RequestContext } from '../context.ts';
import type { Connected } from '../lists/page.ts';
import { PageArgs } from '../lists/page-args.ts';
import { loadersOf } from '../rows/loaders.ts';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Info,
  Query,
  Resolver,
  Root,
} from '../schema/decorators.ts';
import { TimeRange } from '../schema/time-range.ts';
import { findAccount } from '../selection/scope.ts';
import { readSeqNoFailures } from '../seq-no-failure/resolver.ts';
import { type SeqNoFailure, SeqNoFailureConnection } from '../seq-no-failure/type.ts';
import { BetTotalsArgs, readBetTotals } from '../totals/bet/resolver.ts';

import { BetTotals } from '../totals/bet/type.ts';
import type { TotalsSource } from '../totals/read.ts';
import { readTransfers } from '../transfer/resolver.ts';
import { type Transfer, TransferConnection } from '../transfer/type.ts';
import { PlayerAccount } from './account.ts';
import { PlayerConnection, PlayersArgs } from './connection.ts';
import { listPlayers, type PlayersPage } from './list.ts';
import { resolvePlayerNamed } from './reference.ts';
import { Player } from './type.ts';

@ArgsType()
class PlayerPageArgs extends PageArgs {
  @Field(() => TimeRange, { description: 'When they happened.' })
  range!: TimeRange;
}

@ArgsType()
class PlayerBetPageArgs extends BetPageArgs {
  @Field(() => TimeRange, { description: 'When they were settled.' })
  range!: TimeRange;
}

@ArgsType()
class PlayerTotalsArgs extends BetTotalsArgs {
  @Field(() => TimeRange, { description: 'When the bets were settled.' })
  range!: TimeRange;
}

@Resolver(() => Player)
export class PlayerResolver {
  @Query(() => Player, {
    nullable: true,
    description:
      'A player by the operator’s name: one for every name that is not empty, its lists empty where the name never played. Null for a name you may not see.',
  })
  player(
    @Arg('username', () => String, { description: 'The operator’s name of the player.' }) username: string,
    @Ctx() context: RequestContext,
  ): Player | null {
    return resolvePlayerNamed(context, 'username', username);
  }

  @Query(() => PlayerConnection, {
    nullable: true,
    description:
      'The players seen so far, by the operator’s names in their order: those at accounts you may see. From the archive ' +
      'alone, so that a name is there once a row of it was read.',
  })
  players(@Args(() => PlayersArgs) args: PlayersArgs, @Ctx() context: RequestContext): Promise<PlayersPage> {
    return listPlayers(context, args);
  }

  @FieldResolver(() => [PlayerAccount], {
    description: 'Where the player was seen so far, with the username there. From the archive alone.',
  })
  async accounts(@Root() player: Player, @Ctx() context: RequestContext): Promise<PlayerAccount[]> {
    const usernames = await loadersOf(context).usernames.load(player.username);
    return usernames.flatMap(({ account: id, username }) => {
      const account = findAccount(context, id);
      if (account === null) return [];
      return [{ account: toAccount(account), providerUsername: context.players.shownUsername(id, username) }];
    });
  }

  @FieldResolver(() => BetConnection, { description: 'The player’s bets, newest first, at every provider.' })
  bets(
    @Root() player: Player,
    @Args(() => PlayerBetPageArgs) args: PlayerBetPageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connected<Bet>> {
    return readBets(context, { range: args.range, players: [player.username] }, args, info);
  }

  @FieldResolver(() => TransferConnection, { description: 'The player’s transfers, newest first.' })
  transfers(
    @Root() player: Player,
    @Args(() => PlayerPageArgs) args: PlayerPageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connected<Transfer>> {
    return readTransfers(context, { range: args.range, players: [player.username] }, args, info);
  }

  @FieldResolver(() => SeqNoFailureConnection, {
    description: 'The wallet callbacks for the player that failed, newest first.',
  })
  seqNoFailures(
    @Root() player: Player,
    @Args(() => PlayerPageArgs) args: PlayerPageArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connected<SeqNoFailure>> {
    return readSeqNoFailures(context, { range: args.range, players: [player.username] }, args, info);
  }

  @FieldResolver(() => BetTotals, { description: 'Sums over the player’s bets.' })
  totals(
    @Root() player: Player,
    @Args(() => PlayerTotalsArgs) args: PlayerTotalsArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TotalsSource<'BET'>> {
    return readBetTotals(context, { range: args.range, players: [player.username] }, args, info);
  }
}
