import { BadUserInputError } from '../../errors.ts';
import { decodeId } from '../../graph/rows/ids.ts';
import { idTypeOf } from '../../records/flat.ts';
import type { RowSet } from './model.ts';

/** The account and the key, as shown, behind an id of this set; null for any other text. */
export function readRowId(
  { kind }: RowSet,
  id: string,
): { readonly account: string; readonly key: string } | null {
  try {
    const { type, account, key } = decodeId('id', id);
    return type === idTypeOf[kind] ? { account, key } : null;
  } catch (error) {
    if (error instanceof BadUserInputError) return null;
    throw error;
  }
}
