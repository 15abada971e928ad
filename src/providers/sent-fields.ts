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
 * compile, and those it does not have are null. The object given becomes the record.
 */
export function createRecordOf<K extends RecordKind, const Name extends NullableField<K>>(
  kind: K,
  names: readonly Name[],
): (sent: Sent<K, Name>) => RecordOf[K] {
  const sentNames: readonly string[] = names;
  const absent = Object.entries<FieldSpec>(kinds[kind].fields).flatMap(([name, { nullable }]) =>
    nullable === true && !sentNames.includes(name) ? [name] : [],
  );
  return (sent) => {
    const record = sent as unknown as Record<string, unknown>;
    for (const name of absent) record[name] = null;
    // Every field is there now: what the type asked for, and null for the rest.
    return record as unknown as RecordOf[K];
  };
}
