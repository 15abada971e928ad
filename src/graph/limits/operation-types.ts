import { GraphQLError, type ValidationRule } from 'graphql';

/** Refuses an operation of a type the schema does not have: graphql-js would find out only while executing. */
export const operationTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(
      new GraphQLError(`operation: expected a query, got a ${node.operation}`, { nodes: node }),
    );
  },
});
