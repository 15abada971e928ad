import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { createExecutor } from '../../graph/executor/executor.ts';

/** The place where Apollo lets somebody else execute: it was made for gateways, and parses, validates and formats as ever. */
export function executingGateway(
  schema: GraphQLSchema,
): ApolloServerOptionsWithGateway<BaseContext>['gateway'] {
  const execute = createExecutor(schema);
  return {
    load: async () => ({
      executor: async ({ document, request, context }) =>
        execute({ document, operationName: request.operationName, variables: request.variables, context }),
    }),
    onSchemaLoadOrUpdate(callback) {
      // There is no supergraph: only a landing page of Apollo's would show it.
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}
