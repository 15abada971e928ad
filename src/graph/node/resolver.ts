import type { RequestContext } from '../context.ts';
import { eachAlone, resolveNode } from '../federation/entities.ts';
import { checkSize } from '../lists/page-args.ts';
import { Arg, Ctx, ID, Query, Resolver } from '../schema/decorators.ts';
import { Node } from './type.ts';

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      'A bet, transfer, wallet callback or player by its id, from the archive. Null where there is none, or none you may see.',
  })
  node(
    @Arg('id', () => ID, { description: 'An id this graph gave out.' }) id: string,
    @Ctx() context: RequestContext,
  ): unknown {
    return resolveNode(context, 'id', id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description:
      'As `node`, for up to 1000 ids at once; the answers come in the order of the ids. An id that cannot be read is null in its place, with an error of its own.',
  })
  nodes(
    @Arg('ids', () => [ID], { description: 'Ids this graph gave out.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): readonly unknown[] {
    checkSize('ids', ids.length);
    return eachAlone(ids, (id, index) => resolveNode(context, `ids[${index}]`, id));
  }
}
