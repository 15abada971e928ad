import { PageInfo } from '../lists/connection.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../lists/page-args.ts';
import { ArgsType, Field, FieldResolver, Int, ObjectType, Resolver, Root } from '../schema/decorators.ts';
import type { PlayersPage } from './list.ts';
import { Player } from './type.ts';

@ArgsType()
export class PlayersArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'What the name as you see it begins with, capital letters told apart; all where it is left out or empty.',
  })
  search?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many players, 0 to ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} where it is left out.`,
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only players after the one with this cursor: `pageInfo.endCursor` of the page before.',
  })
  after?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A player in a list, with its cursor.' })
export class PlayerEdge {
  @Field(() => Player, { description: 'The player.' })
  node!: Player;

  @Field(() => String, { description: 'The player’s place in the list: it stays valid while players come.' })
  cursor!: string;
}

@ObjectType({ simpleResolvers: true, description: 'A page of players, in the order of their names.' })
export class PlayerConnection {
  @Field(() => [PlayerEdge], { description: 'The players with their cursors.' })
  edges!: readonly PlayerEdge[];

  @Field(() => [Player], { description: 'The players alone.' })
  nodes!: readonly Player[];

  @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'How many players the whole list has now. Counted only when asked for.' })
  totalCount!: number;
}

@Resolver(() => PlayerConnection)
export class PlayerConnectionResolver {
  @FieldResolver()
  totalCount(@Root() page: PlayersPage): Promise<number> {
    return page.totalCount();
  }
}
