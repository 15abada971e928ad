import type { RequestContext } from '../context.ts';
import { decodeIdOf } from '../rows/ids.ts';
import { loadersOf, loadVisible } from '../rows/loaders.ts';
import type { Transfer } from './type.ts';
import { toTransfer } from './view.ts';

/** The archived transfer of an id, for other subgraphs and `node`. */
export async function resolveTransfer(
  context: RequestContext,
  field: string,
  id: string,
): Promise<Transfer | null> {
  const rowKey = decodeIdOf('Transfer', field, id);
  const row = await loadVisible(context, loadersOf(context).rows.TRANSFER, rowKey);
  return row === null ? null : toTransfer(context, row);
}
