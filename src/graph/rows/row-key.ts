import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';

/** A row's key as ids and cursors carry it: eBET's serial numbers may hold a username, so theirs are sealed. */
export function toShownKey({ players }: RequestContext, kind: RecordKind, key: string): string {
  return kind === 'SEQ_NO_FAILURE' ? players.sealed(key) : key;
}

/** The archived key behind one that `toShownKey` gave out. */
export function toStoredKey({ players }: RequestContext, kind: RecordKind, shown: string): string {
  return kind === 'SEQ_NO_FAILURE' ? players.unsealed(shown) : shown;
}
