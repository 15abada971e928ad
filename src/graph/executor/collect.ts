import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type InlineFragmentNode,
  isAbstractType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** What decides which of an operation's fields are there, beside their parent's type. */
export interface Collecting {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

type Fields = ReadonlyMap<string, readonly FieldNode[]>;

/** The fields below these for an object of that type, by response key and in order (GraphQL specification, CollectFields). */
export function collectFields(
  { schema, fragments, variableValues }: Collecting,
  type: GraphQLObjectType,
  selectionSets: readonly (SelectionSetNode | undefined)[],
): Fields {
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const set of selectionSets) if (set !== undefined) collect(set);
  return fields;

  function collect({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        if (!isIncluded(selection)) continue;
        const key = (selection.alias ?? selection.name).value;
        const found = fields.get(key);
        if (found === undefined) fields.set(key, [selection]);
        else found.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (isIncluded(selection) && isOfType(selection)) collect(selection.selectionSet);
      } else {
        const name = selection.name.value;
        if (spread.has(name) || !isIncluded(selection)) continue;
        spread.add(name);
        const fragment = fragments[name];
        if (fragment !== undefined && isOfType(fragment)) collect(fragment.selectionSet);
      }
    }
  }

  function isIncluded(node: { readonly directives?: readonly DirectiveNode[] }): boolean {
    if (node.directives === undefined || node.directives.length === 0) return true;
    if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false;
  }

  function isOfType({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode): boolean {
    if (typeCondition === undefined) return true;
    const wanted = schema.getType(typeCondition.name.value);
    return wanted === type || (isAbstractType(wanted) && schema.isSubType(wanted, type));
  }
}
