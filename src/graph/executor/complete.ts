import { inspect } from 'node:util';
import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type ResponsePath as Path,
} from 'graphql';
import { executeFields } from './fields.ts';
import type { FieldPlan } from './plan.ts';
import { failed, isPromise, type Run } from './run.ts';

/** A field's value under way: where it is, and what its resolver was told. */
export interface Place {
  readonly plan: FieldPlan;
  readonly path: Path;
  readonly info: () => GraphQLResolveInfo;
}

/** Makes of a resolved value what is answered; throws where it cannot be (GraphQL specification, CompleteValue). */
export type Complete = (run: Run, place: Place, value: unknown) => unknown;

/** How values of a type are completed. */
export function completeOf(type: GraphQLOutputType): Complete {
  const complete = completeGiven(type);
  const isRequired = isNonNullType(type);
  return (run, place, value) => {
    if (value instanceof Error) throw value;
    const completed = value === null || value === undefined ? null : complete(run, place, value);
    if (completed === null && isRequired)
      throw new Error(`Cannot return null for non-nullable field ${nameOf(place)}.`);
    return completed;
  };
}

function completeGiven(type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) return completeGiven(type.ofType);
  if (isListType(type)) return completeList(type);
  if (isLeafType(type)) {
    return (_run, _place, value) => {
      const serialized = type.serialize(value);
      if (serialized !== null && serialized !== undefined) return serialized;
      throw new Error(
        `Expected \`${type.name}.serialize(${inspect(value)})\` to return non-nullable value, returned: ${serialized}`,
      );
    };
  }
  if (isAbstractType(type)) return completeAbstract(type);
  return (run, { plan, path }, value) => executeFields(run, plan.below(type), value, path);
}

function completeList({ ofType }: GraphQLList<GraphQLOutputType>): Complete {
  const complete = completeOf(ofType);
  return (run, place, value) => {
    if (!isIterable(value)) {
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${nameOf(place)}".`);
    }
    const { plan, info } = place;
    let waits = false;
    const completed = Array.from(value, (item, index) => {
      const at: Place = { plan, info, path: { prev: place.path, key: index, typename: undefined } };
      try {
        const made = isPromise(item)
          ? item.then((resolved) => complete(run, at, resolved))
          : complete(run, at, item);
        if (!isPromise(made)) return made;
        waits = true;
        return made.then(undefined, (error: unknown) => failed(run, plan, ofType, at.path, error));
      } catch (error) {
        return failed(run, plan, ofType, at.path, error);
      }
    });
    return waits ? Promise.all(completed) : completed;
  };
}

function completeAbstract(type: GraphQLAbstractType): Complete {
  const typeOf = type.resolveType ?? (({ __typename }: { __typename?: unknown }) => __typename);
  return (run, place, value) => {
    const complete = (name: unknown) =>
      executeFields(run, place.plan.below(concrete(type, name, run, place)), value, place.path);
    const named: unknown = typeOf(value as never, run.context, place.info(), type);
    return isPromise(named) ? named.then(complete) : complete(named);
  };
}

/** The object type that a value of an abstract one says it is of. */
function concrete(
  type: GraphQLAbstractType,
  name: unknown,
  { plans: { schema } }: Run,
  place: Place,
): GraphQLObjectType {
  const found = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(found) && schema.isSubType(type, found)) return found;
  throw new GraphQLError(
    `Abstract type "${type.name}" must resolve to one of its types for field "${nameOf(place)}", got ${inspect(name)}.`,
    { nodes: place.plan.nodes },
  );
}

function nameOf({ plan }: Place): string {
  return `${plan.parent.name}.${plan.field.name}`;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
