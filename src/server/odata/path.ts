import { show } from '../../graph/rows/ids.ts';
import { type EntitySet, findNavigation, type Navigation } from './model.ts';
import { ODataError } from './odata-error.ts';
import { type Literal, readTokens } from './tokens.ts';

/** What an address under the service's root names. */
export type Resource =
  | { readonly is: 'service' }
  | { readonly is: 'metadata' }
  | { readonly is: 'set' | 'count'; readonly set: EntitySet }
  | {
      readonly is: 'entity';
      readonly set: EntitySet;
      readonly key: ReadonlyMap<string, Literal>;
      /** The one property that is wanted of it, and whether bare; null for all of it. */
      readonly property: { readonly name: string; readonly bare: boolean } | null;
      /** The way to the entity of another set that is wanted instead; null where this one is. */
      readonly navigation: Navigation | null;
    };

const SEGMENTS = /^([A-Za-z]\w*)(\(.*\))?(\/\$count)?(?:\/([A-Za-z]\w*)(\/\$value)?)?\/?$/s;

/** Reads the decoded path below the root; throws an ODataError (404) for what is not there. */
export function readPath<T extends EntitySet>(
  path: string,
  sets: readonly T[],
): Resource & { readonly set?: T } {
  if (path === '') return { is: 'service' };
  if (path === '$metadata') return { is: 'metadata' };
  const [, name, key, count, property, value] = SEGMENTS.exec(path) ?? [];
  const set = sets.find((each) => each.name === name);
  if (set === undefined) {
    throw new ODataError('path', `nothing at ${show(path)}`, {
      statusCode: 404,
      allowed: ['$metadata', ...sets.map((each) => each.name)],
    });
  }
  const { properties, navigations = [] } = set.type;
  const known = [...properties, ...navigations].map((each) => each.name);
  const navigation = findNavigation(set.type, property ?? '') ?? null;
  const isBareEntity = navigation !== null && value !== undefined;
  if (property !== undefined && (key === undefined || !known.includes(property) || isBareEntity)) {
    throw new ODataError('path', `nothing at ${show(path)}`, { statusCode: 404, allowed: known });
  }
  if (key === undefined) return { is: count === undefined ? 'set' : 'count', set };
  if (count !== undefined)
    throw new ODataError('path', '$count is of a set, not of an entity', { statusCode: 404 });
  const isOwn = property !== undefined && navigation === null;
  const asked = isOwn ? { name: property, bare: value !== undefined } : null;
  return { is: 'entity', set, key: readKey(key, set), property: asked, navigation };
}

/** `('abc')`, or `(name='abc',other=1)`: every part of the key by its name. */
function readKey(text: string, { name: setName, type }: EntitySet): ReadonlyMap<string, Literal> {
  const expected = new ODataError('path', `expected the key of ${setName}: ${type.key.join(', ')}`, {
    statusCode: 404,
  });
  const key = new Map<string, Literal>();
  for (const part of text.slice(1, -1).split(/,(?=\s*\w+=)/)) {
    const [, name = type.key[0]!, value = ''] = /^\s*(?:([A-Za-z]\w*)=)?(.*)$/s.exec(part) ?? [];
    const [token, end] = readTokens(value);
    if (token?.kind !== 'literal' || end?.kind !== 'end') throw expected;
    key.set(name, token.literal);
  }
  if (key.size !== type.key.length || type.key.some((name) => !key.has(name))) throw expected;
  return key;
}
