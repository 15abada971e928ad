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
  return info.fieldNodes.some((node) => within(info, node.selectionSet, path));
}

function within(
  info: GraphQLResolveInfo,
  set: SelectionSetNode | undefined,
  path: readonly string[],
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  return (set?.selections ?? []).some((selection) => {
    if (!isIncluded(info, selection)) return false;
    if (selection.kind === 'Field') {
      return selection.name.value === name && within(info, selection.selectionSet, rest);
    }
    const inner = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value];
    return within(info, inner?.selectionSet, path);
  });
}

function isIncluded(
  { variableValues }: GraphQLResolveInfo,
  node: { readonly directives?: FieldNode['directives'] },
): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.['if'] !== false;
}
