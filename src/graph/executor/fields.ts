import { type GraphQLResolveInfo, getArgumentValues, type ResponsePath as Path } from 'graphql';
import type { Place } from './complete.ts';
import type { FieldPlan } from './plan.ts';
import { UNUSUAL } from './quick.ts';
import { failed, isPromise, type Run } from './run.ts';

/** An object of an answer: nothing is inherited, since a client names its properties. It is quicker to fill than one without prototype. */
class Answered {
  [key: string]: unknown;
}
Object.setPrototypeOf(Answered.prototype, null);

/** Executes an object's fields; gives the object, or a promise of it where one of them is one. */
export function executeFields(
  run: Run,
  fields: readonly FieldPlan[],
  source: unknown,
  path: Path | undefined,
): Record<string, unknown> | Promise<Record<string, unknown>> {
  const answered = new Answered();
  const plain = typeof source === 'object' && source !== null ? source : null;
  let waits = false;
  try {
    for (const plan of fields) {
      let value =
        plan.quick === null || plain === null ? UNUSUAL : plan.quick(plain as Record<string, unknown>);
      if (value === UNUSUAL) {
        value = executeField(run, plan, source, path);
        waits ||= isPromise(value);
      }
      answered[plan.key] = value;
    }
  } catch (error) {
    // What the other fields promised may be refused as well, and somebody has to hear it.
    if (!waits) throw error;
    return settled(answered).finally(() => {
      throw error;
    });
  }
  return waits ? settled(answered) : answered;
}

/** The object once all that it promised is there. */
function settled(answered: Record<string, unknown>): Promise<Record<string, unknown>> {
  return Promise.all(Object.values(answered)).then((values) => {
    for (const [index, key] of Object.keys(answered).entries()) answered[key] = values[index];
    return answered;
  });
}

/** Resolves and completes a field (GraphQL specification, ExecuteField). */
function executeField(run: Run, plan: FieldPlan, source: unknown, parentPath: Path | undefined): unknown {
  const { field, nodes, parent, complete } = plan;
  const path: Path = { prev: parentPath, key: plan.key, typename: parent.name };
  const info = () => infoOf(run, plan, path);
  const place: Place = { plan, path, info };
  try {
    const resolved = resolve();
    const completed = isPromise(resolved)
      ? resolved.then((value) => complete(run, place, value))
      : complete(run, place, resolved);
    if (!isPromise(completed)) return completed;
    return completed.then(undefined, (error: unknown) => failed(run, plan, field.type, path, error));
  } catch (error) {
    return failed(run, plan, field.type, path, error);
  }

  function resolve(): unknown {
    const args =
      field.args.length === 0
        ? {}
        : getArgumentValues(field, nodes[0] as (typeof nodes)[0], run.variableValues);
    if (field.resolve !== undefined) return field.resolve(source, args, run.context, info());
    if ((typeof source !== 'object' && typeof source !== 'function') || source === null) return undefined;
    const property = (source as Readonly<Record<string, unknown>>)[field.name];
    return typeof property === 'function' ? property.call(source, args, run.context, info()) : property;
  }
}

function infoOf({ plans, variableValues }: Run, plan: FieldPlan, path: Path): GraphQLResolveInfo {
  const { schema, fragments, operation } = plans;
  return {
    fieldName: plan.field.name,
    fieldNodes: plan.nodes,
    returnType: plan.field.type,
    parentType: plan.parent,
    path,
    schema,
    fragments,
    rootValue: undefined,
    operation,
    variableValues,
    // As graphql-js has it; other packages declare more.
  } as GraphQLResolveInfo;
}
