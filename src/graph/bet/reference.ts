import type { RequestContext } from '../context.ts';
import { decodeIdOf } from '../rows/ids.ts';
import { loadersOf, loadVisible } from '../rows/loaders.ts';
import type { Bet } from './type.ts';
import { toBet } from './view.ts';

/** The archived bet of an id, for other subgraphs and `node`; no provider is asked. */
export async function resolveBet(context: RequestContext, field: string, id: string): Promise<Bet | null> {
  const row = await loadVisible(context, loadersOf(context).rows.BET, decodeIdOf('Bet', field, id));
  return row === null ? null : toBet(context, row);
}
