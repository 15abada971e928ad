import DataLoader from 'dataloader';
import type { StoredRecord } from '../../archive/archive.ts';
import type { PageQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { createPerRequest } from '../rows/per-request.ts';
import { inShapes } from '../selection/shapes.ts';

type Rows = readonly StoredRecord[];

// As many rows as PLAYERS_A_STATEMENT pages have are in memory at once.
const PLAYERS_A_STATEMENT = 250;

const loaderOf = createPerRequest(
  ({ deps: { archive } }: RequestContext) =>
    new DataLoader<PageQuery, Rows>(
      (queries) =>
        inShapes(queries, {
          alone: (query) => archive.page(query),
          together: async (query, players) => {
            const pages = await archive.playerPages({ ...query, players });
            return (player) => pages.get(player) ?? [];
          },
        }),
      // What is archived changes while a request waits.
      { cache: false, maxBatchSize: PLAYERS_A_STATEMENT },
    ),
);

/** One page of rows; the pages of several players that are asked for in one turn are one read of the archive a shape. */
export async function loadRows<K extends RecordKind>(
  context: RequestContext,
  query: PageQuery & { readonly kind: K },
): Promise<readonly StoredRecord<K>[]> {
  if (query.players?.length !== 1) return context.deps.archive.page(query);
  const rows = await loaderOf(context).load(query);
  // Rows are of the kind that their query asks for.
  return rows as readonly StoredRecord<K>[];
}
