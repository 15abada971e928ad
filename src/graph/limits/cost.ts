import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import { fragmentsOf, isIntrospection } from './limits.ts';

/** What each field costs beyond the objects it answers: about what it asks of the archive. */
const weights: Readonly<Record<string, number>> = {
  betTotals: 100,
  transferTotals: 100,
  seqNoTotals: 100,
  totals: 100,
  totalCount: 20,
};

/** A connection is a query of its own: a page within a page must not come cheap. */
const connectionWeight = 50;

/** Members of a list that no argument bounds: accounts, feeds, gaps. */
const assumedListSize = 10;

const introspectionCost = 50;

/** Those of `lists/page-args.ts`, which only a schema's classes may import; a test holds them equal. */
export const pageSizes = { assumed: 50, largest: 1_000 } as const;

type Variables = Readonly<Record<string, unknown>>;

/** What an operation cost when it was last counted, and the variables among whose sizes that was. */
interface Counted {
  readonly cost: number;
  readonly names: readonly string[];
  readonly sizes: string;
}

/**
 * Counts what an operation costs before it runs: one for every object it may answer, rows by `first` or `last`,
 * and a weight for every query of the archive. Expects a valid document; `@skip` and `@include` are not looked at.
 */
export function createCostCounter(schema: GraphQLSchema) {
  const count = createCounting(schema);
  // A parsed document is kept for the next who sends it, who mostly asks for as much as the one before.
  const kept = new WeakMap<OperationDefinitionNode, Counted>();

  return (document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number => {
    const known = kept.get(operation);
    if (known !== undefined && sizesOf(known.names, variables) === known.sizes) return known.cost;
    const { cost, names } = count(document, operation, variables);
    kept.set(operation, { cost, names, sizes: sizesOf(names, variables) });
    return cost;
  };
}

function createCounting(schema: GraphQLSchema) {
  return (
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ): Pick<Counted, 'cost' | 'names'> => {
    const fragments = fragmentsOf(document);
    const counted = new Map<string, number>();
    const names = new Set<string>();

    function ofSelections(set: SelectionSetNode, parent: GraphQLNamedType | undefined, page: number): number {
      let cost = 0;
      for (const selection of set.selections) {
        if (selection.kind === Kind.FIELD) cost += ofField(selection, parent, page);
        else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += ofFragment(selection.name.value, page);
        else {
          const type = selection.typeCondition && schema.getType(selection.typeCondition.name.value);
          cost += ofSelections(selection.selectionSet, type ?? parent, page);
        }
      }
      return cost;
    }

    function ofFragment(name: string, page: number): number {
      // A page's size reaches into the fragments of its connection, so they are counted once for each size.
      const id = `${name} ${page}`;
      const known = counted.get(id);
      if (known !== undefined) return known;
      const fragment = fragments.get(name);
      const cost = fragment
        ? ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), page)
        : 0;
      counted.set(id, cost);
      return cost;
    }

    function ofField(node: FieldNode, parent: GraphQLNamedType | undefined, page: number): number {
      const name = node.name.value;
      if (isIntrospection(name)) return introspectionCost;
      const field = fieldOf(parent, name);
      if (field === undefined) return 0;
      const type = getNamedType(field.type);
      const weight = weights[name] ?? 0;
      if (!isCompositeType(type) || node.selectionSet === undefined) return weight;
      const isConnection = fieldOf(type, 'edges') !== undefined;
      const innerPage = isConnection ? pageSizeOf(node) : assumedListSize;
      const each = 1 + ofSelections(node.selectionSet, type, innerPage);
      const times = isListType(getNullableType(field.type)) ? listSizeOf(node, field, page) : 1;
      return weight + (isConnection ? connectionWeight : 0) + times * each;
    }

    function pageSizeOf(node: FieldNode): number {
      const sizes = [argumentOf(node, 'first'), argumentOf(node, 'last')].filter(
        (size) => typeof size === 'number',
      );
      // Beyond the largest page the list itself refuses, naming the argument.
      return sizes.length === 0 ? pageSizes.assumed : Math.min(pageSizes.largest, Math.max(0, ...sizes));
    }

    /** As long as the list of keys it answers (`nodes`, `_entities`), else as the page or list it is part of. */
    function listSizeOf(node: FieldNode, field: GraphQLField<unknown, unknown>, page: number): number {
      const keys = field.args.find((arg) => isListType(getNullableType(arg.type)));
      const given = keys && argumentOf(node, keys.name);
      if (Array.isArray(given)) return given.length;
      return node.name.value === 'edges' || node.name.value === 'nodes' ? page : assumedListSize;
    }

    function argumentOf(node: FieldNode, name: string): unknown {
      const argument = node.arguments?.find((each: ArgumentNode) => each.name.value === name);
      return argument && valueIn(argument.value);
    }

    function valueIn(node: ValueNode): unknown {
      switch (node.kind) {
        case Kind.VARIABLE: {
          const name = node.name.value;
          names.add(name);
          if (Object.hasOwn(variables, name)) return variables[name];
          const definition = operation.variableDefinitions?.find((each) => each.variable.name.value === name);
          return definition?.defaultValue && valueIn(definition.defaultValue);
        }
        case Kind.INT:
          return Number(node.value);
        case Kind.LIST:
          return node.values;
        default:
          return undefined;
      }
    }

    const root = schema.getRootType(operation.operation) ?? undefined;
    return { cost: ofSelections(operation.selectionSet, root, assumedListSize), names: [...names] };
  };
}

/** All of some variables that a cost hangs on: how many a list has, which number a page's size is, and what is absent. */
function sizesOf(names: readonly string[], variables: Variables): string {
  return JSON.stringify(
    names.map((name) => {
      if (!Object.hasOwn(variables, name)) return 'absent';
      const value = variables[name];
      if (Array.isArray(value)) return [value.length];
      return typeof value === 'number' ? value : null;
    }),
  );
}

function fieldOf(
  type: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}
