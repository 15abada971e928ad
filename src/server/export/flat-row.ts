import type { StoredRecord } from '../../archive/archive.ts';
import { encodeId } from '../../graph/rows/ids.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import type { Players, Viewer } from '../../graph/viewer.ts';
import { type FlatColumn, idTypeOf } from '../../records/flat.ts';
import type { RecordKind } from '../../records/record.ts';

/** A flat row's value: times are milliseconds since the epoch, decimals their exact text. */
export type FlatValue = string | number | boolean | null;

/** A column as a file has it: `date` is a day as text, `count` a whole number. */
export interface WrittenColumn {
  readonly name: string;
  readonly type: FlatColumn['type'] | 'date' | 'count';
}

/** Reads one column of an archived row as a viewer may see it. */
export type FlatReader = (row: StoredRecord) => FlatValue;

/** One reader a column, in their order; players are named, and `raw` given, as the viewer may see them. */
export function flatReaders(
  kind: RecordKind,
  columns: readonly FlatColumn[],
  seen: { readonly viewer: Viewer; readonly players: Players },
): readonly FlatReader[] {
  const { viewer, players } = seen;
  const type = idTypeOf[kind];
  // eBET's sequence numbers, and the keys made of them, carry the player's name.
  const hide = kind === 'SEQ_NO_FAILURE' ? players.sealed : (text: string) => text;
  return columns.map(({ name, stored, sealed }): FlatReader => {
    if (name === 'id') return (row) => encodeId(type, row.account, hide(row.key));
    if (name === 'provider') return (row) => spellProvider(row.provider);
    if (name === 'player') return (row) => players.shown(row.account, row.providerUsername);
    if (name === 'providerUsername') return (row) => players.shownUsername(row.account, row.providerUsername);
    if (name === 'raw' && !viewer.readsRaw) return () => null;
    if (sealed === true) return (row) => players.sealed(row[stored as keyof StoredRecord] as string);
    // The column table is made from the same names as the record types.
    const field = stored as keyof StoredRecord;
    return (row) => row[field] as FlatValue;
  });
}
