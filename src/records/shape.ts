import type { FieldSpec, FieldSpecs, FieldType } from './field.ts';
import { head } from './kinds/head.ts';
import { kinds } from './kinds/kinds.ts';
import { type RecordKind, recordKinds } from './record.ts';

/**
 * How a field is held: what follows from the tables of fields for both archives' columns, the flat rows of exports and
 * OData, and their metadata. `name` is the field's name in the graph and in flat rows.
 */
export interface Column {
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
  /** Left out of flat rows: nested in the graph (`BetCredits`), a list, or internal. */
  readonly flat: boolean;
  /** Carries the player's name at the provider. */
  readonly sealed: boolean;
}

/** Columns every kind has, before its own. */
export const headColumns: readonly Column[] = columnsOf(head);

export const kindColumns: Readonly<Record<RecordKind, readonly Column[]>> = byKind((kind) =>
  columnsOf(kinds[kind].fields),
);

/** The graph's name of a kind's key in flat rows; `key` where it is not a column of its own. */
export const keyName: Readonly<Record<RecordKind, string>> = byKind((kind) => kinds[kind].key?.name ?? 'key');

/** The table of a kind, on both archives. */
export const tableName: Readonly<Record<RecordKind, string>> = byKind((kind) => kinds[kind].table);

function columnsOf(fields: FieldSpecs): readonly Column[] {
  return Object.entries(fields).map(([name, spec]) => ({
    name,
    type: spec.type,
    nullable: spec.nullable === true,
    flat: isFlat(spec),
    sealed: spec.sealed === true,
  }));
}

function isFlat({ type, nested, internal }: FieldSpec): boolean {
  return type !== 'texts' && nested === undefined && internal !== true;
}

/** Something of each kind. */
export function byKind<T>(of: (kind: RecordKind) => T): Readonly<Record<RecordKind, T>> {
  return Object.fromEntries(recordKinds.map((kind) => [kind, of(kind)])) as Record<RecordKind, T>;
}

/** A camelCase field's column name in SQL: `placedAt` is `placed_at`. */
export function sqlName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
