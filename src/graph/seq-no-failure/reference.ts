import type { RequestContext } from '../context.ts';
import { decodeIdOf, toStoredKey } from '../rows/ids.ts';
import { loadersOf, loadVisible } from '../rows/loaders.ts';
import type { SeqNoFailure } from './type.ts';
import { toSeqNoFailure } from './view.ts';

/** The archived wallet callback of an id, for other subgraphs and `node`. */
export async function resolveSeqNoFailure(
  context: RequestContext,
  field: string,
  id: string,
): Promise<SeqNoFailure | null> {
  const { account, key } = decodeIdOf('SeqNoFailure', field, id);
  const rowKey = { account, key: toStoredKey(context, 'SEQ_NO_FAILURE', key) };
  const row = await loadVisible(context, loadersOf(context).rows.SEQ_NO_FAILURE, rowKey);
  return row === null ? null : toSeqNoFailure(context, row);
}
