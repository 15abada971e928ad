import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  type SelectionSetNode,
} from 'graphql';

/** Whether the operation asks for a field below the one being resolved, through fragments, aliases and `@skip`. */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return nodesAt(info, info.fieldNodes, path).length > 0;
}

/** The names of all fields that the operation asks for below that path, of whatever type their fragments are. */
export function fieldsAsked(info: GraphQLResolveInfo, path: readonly string[]): ReadonlySet<string> {
  const fields = nodesAt(info, info.fieldNodes, path).flatMap((node) => fieldsOf(info, node.selectionSet));
  return new Set(fields.map((node) => node.name.value));
}

function nodesAt(
  info: GraphQLResolveInfo,
  nodes: readonly FieldNode[],
  [name, ...rest]: readonly string[],
): readonly FieldNode[] {
  if (name === undefined || nodes.length === 0) return nodes;
  const fields = nodes.flatMap((node) => fieldsOf(info, node.selectionSet));
  return nodesAt(
    info,
    fields.filter((node) => node.name.value === name),
    rest,
  );
}

function fieldsOf(info: GraphQLResolveInfo, set: SelectionSetNode | undefined): readonly FieldNode[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (!isIncluded(info, selection)) return [];
    if (selection.kind === 'Field') return [selection];
    const inner = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value];
    return fieldsOf(info, inner?.selectionSet);
  });
}

function isIncluded(
  { variableValues }: GraphQLResolveInfo,
  node: { readonly directives?: FieldNode['directives'] },
): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false;
}
