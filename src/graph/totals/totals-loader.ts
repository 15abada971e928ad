import DataLoader from 'dataloader';
import type { TotalsQuery, TotalsRow } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { createPerRequest } from '../rows/per-request.ts';
import { inShapes } from '../selection/shapes.ts';

type Rows = readonly TotalsRow[];

const loaderOf = createPerRequest(
  ({ deps: { archive } }: RequestContext) =>
    new DataLoader<TotalsQuery, Rows>(
      (queries) =>
        inShapes(queries, {
          alone: (query) => archive.totals(query),
          together: async (query, players) =>
            byPlayer(query, await archive.totals(perPlayer(query, players))),
        }),
      // What is archived changes while a request waits.
      { cache: false },
    ),
);

/** Totals; those of several players that are asked for in one turn are one read of the archive a shape. */
export async function loadTotals<K extends RecordKind>(
  context: RequestContext,
  query: TotalsQuery & { readonly kind: K },
): Promise<readonly TotalsRow<K>[]> {
  if (query.players?.length !== 1) return context.deps.archive.totals(query);
  const rows = await loaderOf(context).load(query);
  // Rows are of the kind that their query asks for.
  return rows as readonly TotalsRow<K>[];
}

function perPlayer(query: TotalsQuery, players: readonly string[]): TotalsQuery {
  const groupBy = isGrouped(query) ? query.groupBy : [...query.groupBy, 'PLAYER' as const];
  return { ...query, players, groupBy };
}

/** The rows of each player, who is named in them where that was asked for. */
function byPlayer(query: TotalsQuery, rows: Rows): (player: string) => Rows {
  const found = new Map<string, TotalsRow[]>();
  for (const row of rows) {
    if (row.player === null) continue;
    const shown = isGrouped(query) ? row : { ...row, player: null };
    found.set(row.player, [...(found.get(row.player) ?? []), shown]);
  }
  return (player) => found.get(player) ?? [];
}

function isGrouped({ groupBy }: TotalsQuery): boolean {
  return groupBy.includes('PLAYER');
}
