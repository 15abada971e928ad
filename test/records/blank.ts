import { kinds } from '../../src/records/kinds/kinds.ts';
import type { FieldsOf, RecordKind } from '../../src/records/record.ts';

type NullableFields<F> = { readonly [Name in keyof F as null extends F[Name] ? Name : never]: F[Name] };

/** The fields of a kind that may be null, all null: a sample says what it has, and a new field is in every sample. */
export function blank<K extends RecordKind>(kind: K): NullableFields<FieldsOf<K>> {
  const nullable = Object.entries(kinds[kind].fields).filter(([, spec]) => 'nullable' in spec);
  return Object.fromEntries(nullable.map(([name]) => [name, null])) as NullableFields<FieldsOf<K>>;
}
