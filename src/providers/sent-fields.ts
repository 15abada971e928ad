import type { FieldSpec, FieldsWith } from '../records/field.ts';
import { type Kinds, kinds } from '../records/kinds/kinds.ts';
import type { FieldsOf, RecordHead, RecordKind, RecordOf } from '../records/record.ts';

/** The fields of a kind that a provider need not send. */
export type NullableField<K extends RecordKind> = FieldsWith<
  Kinds[K]['fields'],
  { readonly nullable: true }
> &
  keyof FieldsOf<K>;

/** What a mapping has to give: every field that is never null, and of the others those its provider sends. */
export type Sent<K extends RecordKind, Name extends NullableField<K>> = RecordHead &
  Omit<FieldsOf<K>, Exclude<NullableField<K>, Name>>;

/**
 * Declares which of a kind's nullable fields a provider's document has: a mapping that forgets one of them does not
 * compile, and those it does not have are null.
 */
export function createRecordOf<K extends RecordKind, const Name extends NullableField<K>>(
  kind: K,
  names: readonly Name[],
): (sent: Sent<K, Name>) => RecordOf[K] {
  const sentNames: readonly string[] = names;
  const absent = Object.entries<FieldSpec>(kinds[kind].fields).flatMap(([name, { nullable }]) =>
    nullable === true && !sentNames.includes(name) ? [name] : [],
  );
  // Records are copies of one that has every field: filled key by key, each would take three times the memory.
  let empty: object | undefined;
  return (sent) => {
    empty ??= JSON.parse(`{${[...Object.keys(sent), ...absent].map((name) => `"${name}":null`)}}`) as object;
    // Every field is there: what the type asked for, and null for the rest.
    return Object.assign({ ...empty }, sent) as unknown as RecordOf[K];
  };
}
