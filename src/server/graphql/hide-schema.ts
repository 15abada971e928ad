import { GraphQLError, type ValidationRule } from 'graphql';

/** Where introspection is off, the subgraph's `_service` would tell the whole schema by another door. */
export const hideSchemaRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    context.reportError(
      new GraphQLError('the schema may not be asked for: server.introspection', { nodes: [node] }),
    );
  },
});
