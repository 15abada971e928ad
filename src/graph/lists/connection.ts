import { Coverage } from '../coverage/type.ts';
import {
  type ClassType,
  Directive,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
} from '../schema/decorators.ts';
import type { Connected } from './page.ts';

@Directive('@shareable')
@ObjectType({
  simpleResolvers: true,
  description: 'Where a page lies in its list (Relay cursor connections).',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether older rows follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether newer rows come before.' })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The first row’s cursor, for `before`; null on an empty page.',
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The last row’s cursor, for `after`; null on an empty page.',
  })
  endCursor!: string | null;
}

/** The edge and connection types of one entity, with the resolvers of what is computed only when asked for. */
export function createConnectionType<T extends object>(node: ClassType<T>, name: string, plural: string) {
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: `A row of a list of ${plural}, with its cursor.`,
  })
  class Edge {
    @Field(() => node, { description: 'The row.' })
    node!: T;

    @Field(() => String, {
      description:
        'The row’s place in this list. It stays valid while rows arrive; a row whose time moves, moves with it.',
    })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, {
    simpleResolvers: true,
    description: `A page of ${plural}, newest first, and how complete the range behind it is.`,
  })
  class Connection {
    @Field(() => [Edge], { description: 'The rows with their cursors.' })
    edges!: Edge[];

    @Field(() => [node], { description: 'The rows alone.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      description:
        'How many rows the whole list has in the archive now, all pages together. Counted only when asked for.',
    })
    totalCount!: number;

    @Field(() => Coverage, {
      description:
        'How much of the asked range is there. It speaks of all rows of the feeds asked, whatever the other filters: only ' +
        'where `complete` is true do an empty page and a total mean what they say.',
    })
    coverage!: Coverage;
  }

  @Resolver(() => Connection)
  class ConnectionResolver {
    @FieldResolver()
    edges(@Root() page: Connected<T>): ReturnType<Connected<T>['edges']> {
      return page.edges();
    }

    @FieldResolver()
    totalCount(@Root() page: Connected<T>): Promise<number> {
      return page.totalCount();
    }
  }
  return { Connection, ConnectionResolver };
}
