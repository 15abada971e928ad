import {
  type GraphQLField,
  type GraphQLOutputType,
  getNullableType,
  isLeafType,
  isNonNullType,
} from 'graphql';

/** What `Quick` gives where a value wants more than that; no answer holds it. */
export const UNUSUAL = Symbol('unusual');

/** Reads and serializes a field of a source that needs nothing else; `UNUSUAL` where it does. */
export type Quick = (source: Readonly<Record<string, unknown>>) => unknown;

/** The short way of a field: a plain property of a scalar or an enum. Null where a field has none. */
export function quickOf({ name, resolve, type }: GraphQLField<unknown, unknown>): Quick | null {
  const leaf = getNullableType(type);
  if (resolve !== undefined || !isLeafType(leaf)) return null;
  const serialize = serializerOf(leaf);
  const absent = isNonNullType(type) ? UNUSUAL : null;
  return (source) => {
    try {
      const value = source[name];
      if (value === null || value === undefined) return absent;
      if (typeof value === 'object' || typeof value === 'function') return UNUSUAL;
      return serialize(value) ?? UNUSUAL;
    } catch {
      // Done again the long way, it says what is wrong and where.
      return UNUSUAL;
    }
  };
}

function serializerOf(type: GraphQLOutputType & { serialize(value: unknown): unknown; name: string }) {
  if (type.name !== 'String' && type.name !== 'ID') return (value: unknown) => type.serialize(value);
  return (value: unknown) => (typeof value === 'string' ? value : type.serialize(value));
}
