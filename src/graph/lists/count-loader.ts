import DataLoader from 'dataloader';
import type { RowQuery } from '../../records/query.ts';
import type { RequestContext } from '../context.ts';
import { createPerRequest } from '../rows/per-request.ts';
import { inShapes } from '../selection/shapes.ts';

const loaderOf = createPerRequest(
  ({ deps: { archive } }: RequestContext) =>
    new DataLoader<RowQuery, number>(
      (queries) =>
        inShapes(queries, {
          alone: (query) => archive.count(query),
          async together(query, players) {
            const rows = await archive.totals({
              ...query,
              players,
              groupBy: ['PLAYER'],
              periods: null,
              countPlayers: false,
              countRounds: false,
              sums: [],
            });
            const counts = new Map(rows.map(({ player, count }) => [player, count]));
            return (player) => counts.get(player) ?? 0;
          },
        }),
      // What is archived changes while a request waits.
      { cache: false },
    ),
);

/** How many rows a query has; of several players that are asked for in one turn, one read of the archive a shape. */
export function countRows(context: RequestContext, query: RowQuery): Promise<number> {
  return query.players?.length === 1 ? loaderOf(context).load(query) : context.deps.archive.count(query);
}
