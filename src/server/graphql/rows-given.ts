import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fragmentsOf } from '../../graph/limits/limits.ts';

const rowTypes = new Set([
  'Bet',
  'Transfer',
  'SeqNoFailure',
  'BetTotalsRow',
  'TransferTotalsRow',
  'SeqNoTotalsRow',
]);

/** By response key, what leads to rows; `rows` where the objects there are some, or may be. */
type Plan = Map<string, { rows: boolean; readonly inner: Plan }>;

/** Counts the rows an answer gives away, looking only where the operation's types have some. */
export function createRowCounter(schema: GraphQLSchema) {
  const plans = new WeakMap<OperationDefinitionNode, Plan>();

  return (document: DocumentNode, operation: OperationDefinitionNode, data: unknown): number => {
    const plan = plans.get(operation) ?? createPlan(schema, document, operation);
    plans.set(operation, plan);
    return countIn(data, plan);
  };
}

function countIn(data: unknown, plan: Plan): number {
  if (typeof data !== 'object' || data === null) return 0;
  if (Array.isArray(data)) return data.reduce((total: number, each) => total + countIn(each, plan), 0);
  let rows = 0;
  for (const [key, branch] of plan) {
    const value = (data as Readonly<Record<string, unknown>>)[key];
    if (branch.rows) rows += [value].flat().filter((each) => each !== null && each !== undefined).length;
    if (branch.inner.size > 0) rows += countIn(value, branch.inner);
  }
  return rows;
}

function createPlan(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Plan {
  const fragments = fragmentsOf(document);
  const mayBeRows = (type: GraphQLNamedType) =>
    rowTypes.has(type.name) ||
    (isAbstractType(type) && schema.getPossibleTypes(type).some(({ name }) => rowTypes.has(name)));

  function add(
    plan: Plan,
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType | undefined,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined || spread.has(fragment.name.value)) continue;
        spread.add(fragment.name.value);
        add(plan, fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), spread);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const name = selection.typeCondition?.name.value;
        add(plan, selection.selectionSet, name === undefined ? parent : schema.getType(name), spread);
      } else if ((isObjectType(parent) || isInterfaceType(parent)) && selection.selectionSet !== undefined) {
        const field = parent.getFields()[selection.name.value];
        if (field === undefined) continue;
        const type = getNamedType(field.type);
        const key = (selection.alias ?? selection.name).value;
        const branch = plan.get(key) ?? { rows: mayBeRows(type), inner: new Map() };
        add(branch.inner, selection.selectionSet, type, new Set());
        if (branch.rows || branch.inner.size > 0) plan.set(key, branch);
      }
    }
  }

  const plan: Plan = new Map();
  add(plan, operation.selectionSet, schema.getRootType(operation.operation) ?? undefined, new Set());
  return plan;
}
