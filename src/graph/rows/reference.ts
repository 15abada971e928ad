import { kinds } from '../../records/kinds/kinds.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { decodeIdOf, toStoredKey } from './ids.ts';
import { loadersOf, loadVisible } from './loaders.ts';
import type { createRowView, Row } from './row-view.ts';

/** What finds the archived row of an id, for other subgraphs and `node`; no provider is asked. */
export function createRowReference<K extends RecordKind>(
  kind: K,
  toRow: ReturnType<typeof createRowView<K>>,
) {
  return async (context: RequestContext, field: string, id: string): Promise<Row<K> | null> => {
    const { account, key } = decodeIdOf(kinds[kind].name, field, id);
    const rowKey = { account, key: toStoredKey(context, kind, key) };
    const row = await loadVisible(context, loadersOf(context).rows[kind], rowKey);
    return row === null ? null : toRow(context, row);
  };
}
