import { resolveBet } from '../bet/reference.ts';
import type { RequestContext } from '../context.ts';
import { checkSize } from '../lists/page-args.ts';
import { resolvePlayer } from '../player/reference.ts';
import { decodeId, type IdType } from '../rows/ids.ts';
import { Arg, Ctx, ID, Query, Resolver } from '../schema/decorators.ts';
import { resolveSeqNoFailure } from '../seq-no-failure/reference.ts';
import { resolveTransfer } from '../transfer/reference.ts';
import { Node } from './type.ts';

type Resolve = (context: RequestContext, id: string) => Promise<Node | null>;

const resolvers: { readonly [T in IdType]: Resolve } = {
  Bet: resolveBet,
  Transfer: resolveTransfer,
  SeqNoFailure: resolveSeqNoFailure,
  Player: async (_context, id) => resolvePlayer({ id }),
};

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
  ): Promise<Node | null> {
    return resolvers[decodeId('id', id).type](context, id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'As `node`, for up to 1000 ids at once; the answers come in the order of the ids.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'Ids this graph gave out.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<(Node | null)[]> {
    checkSize('ids', ids.length);
    const types = ids.map((id, index) => decodeId(`ids[${index}]`, id).type);
    return Promise.all(ids.map((id, index) => resolvers[types[index] as IdType](context, id)));
  }
}
