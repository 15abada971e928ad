import { BadUserInputError } from '../../errors.ts';
import { resolveAccount } from '../account/reference.ts';
import { resolveBet } from '../bet/view.ts';
import type { RequestContext } from '../context.ts';
import { resolvePlayer, resolvePlayerNamed } from '../player/reference.ts';
import { decodeId, show } from '../rows/ids.ts';
import { resolveSeqNoFailure } from '../seq-no-failure/view.ts';
import { resolveTransfer } from '../transfer/view.ts';

/** Anything with its type's name: what `_entities` and `node` answer. */
export interface Entity {
  readonly __typename: string;
}

/** Finds an entity by one key; null where there is none the viewer may see. Errors name `field`. */
type ResolveKey = (
  context: RequestContext,
  field: string,
  key: string,
) => Entity | null | Promise<Entity | null>;

/** The entities other subgraphs may refer to, each by its keys. */
const references = {
  Account: { id: resolveAccount },
  Bet: { id: resolveBet },
  Player: { id: resolvePlayer, username: resolvePlayerNamed },
  SeqNoFailure: { id: resolveSeqNoFailure },
  Transfer: { id: resolveTransfer },
} satisfies Readonly<Record<string, { readonly id: ResolveKey } & Readonly<Record<string, ResolveKey>>>>;
const keysOf: ReadonlyMap<string, Readonly<Record<string, ResolveKey>>> = new Map(Object.entries(references));

/** What an id names; null where there is none the viewer may see. Throws a BadUserInputError naming `field`. */
export function resolveNode(
  context: RequestContext,
  field: string,
  id: string,
): Entity | null | Promise<Entity | null> {
  return references[decodeId(field, id).type].id(context, field, id);
}

/** The types that can be referred to, by name. */
export const entityTypes: readonly string[] = Object.keys(references);

/**
 * The entities of `representations`, each in its place. One that is malformed is a BadUserInputError in its place,
 * naming index and field; the others stand.
 */
export function resolveEntities(
  context: RequestContext,
  representations: readonly unknown[],
): readonly (Entity | null | Error | Promise<Entity | null>)[] {
  return eachAlone(representations, (representation, index) =>
    resolveEntity(context, `representations[${index}]`, representation),
  );
}

/** As `map`, but what throws is an error in its own place, where the executor answers it beside the others. */
export function eachAlone<T, R>(items: readonly T[], resolve: (item: T, index: number) => R): (R | Error)[] {
  return items.map((item, index) => {
    try {
      return resolve(item, index);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  });
}

function resolveEntity(
  context: RequestContext,
  field: string,
  representation: unknown,
): Entity | null | Promise<Entity | null> {
  if (typeof representation !== 'object' || representation === null || Array.isArray(representation)) {
    throw new BadUserInputError(
      `${field}: expected an object with __typename and a key, got ${kindOf(representation)}`,
    );
  }
  const given = representation as Readonly<Record<string, unknown>>;
  const name = given['__typename'];
  const keys = typeof name === 'string' ? keysOf.get(name) : undefined;
  if (keys === undefined) {
    throw new BadUserInputError(
      `${field}.__typename: expected one of ${entityTypes.join(', ')}, got ${typeof name === 'string' ? show(name) : kindOf(name)}`,
    );
  }
  const [key, resolve] = Object.entries(keys).find(([each]) => isGiven(given[each])) ?? [];
  if (key === undefined || resolve === undefined) {
    throw new BadUserInputError(
      `${field}: expected a ${String(name)} with ${Object.keys(keys).join(' or ')}, got neither`,
    );
  }
  const value = given[key];
  if (typeof value !== 'string') {
    throw new BadUserInputError(`${field}.${key}: expected a text, got ${kindOf(value)}`);
  }
  return resolve(context, `${field}.${key}`, value);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${show(String(value))}`;
}
