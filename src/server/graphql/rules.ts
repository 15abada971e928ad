import { GraphQLError, type ValidationRule } from 'graphql';

/** Where introspection is off, refuses `_service` too: it would answer the whole schema. */
export const hideSchemaRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '_service') return;
    context.reportError(
      new GraphQLError('the schema may not be asked for: server.introspection', { nodes: [node] }),
    );
  },
});

/** Refuses an operation of a type the schema does not have: graphql-js would find out only while executing. */
export const operationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(
      new GraphQLError(`operation: expected a query, got a ${node.operation}`, { nodes: node }),
    );
  },
});
