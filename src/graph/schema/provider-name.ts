import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { GraphQLEnumType, GraphQLScalarType, type GraphQLSchema } from 'graphql';
import type { Provider } from '../../providers/provider.ts';
import type { ProviderName } from '../../records/record.ts';

/** What the graph's documentation says of a provider. */
export type ProviderWords = Pick<Provider, 'name' | 'title' | 'summary'>;

/**
 * Stands for the enum in decorators: these are read when modules load, when nobody has said yet which providers there
 * are. `withProviders` puts the enum in its place.
 */
export const ProviderNameEnum = new GraphQLScalarType({ name: 'ProviderName' });

/** How the graph, exports and OData spell a provider's name: `VERTEXPLAY`. */
export function spellProvider(name: ProviderName): string {
  return name.toUpperCase();
}

/** The schema with an enum of these providers for the type that stood for it. */
export function withProviders(schema: GraphQLSchema, providers: readonly ProviderWords[]): GraphQLSchema {
  const values = providers.map((provider) => [
    spellProvider(provider.name),
    { value: provider.name, description: `${provider.title}: ${provider.summary}.` },
  ]);
  const type = new GraphQLEnumType({
    name: ProviderNameEnum.name,
    description: 'A supplier of games, by the protocol it speaks.',
    values: Object.fromEntries(values),
  });
  return mapSchema(schema, {
    [MapperKind.TYPE]: (each) => (each.name === type.name ? type : each),
  });
}
