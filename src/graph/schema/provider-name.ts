import { astFromEnumType } from '@graphql-tools/utils';
import { type DocumentNode, GraphQLEnumType, GraphQLScalarType, type GraphQLSchema } from 'graphql';
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

/** The document with an enum of these providers for the type that stood for it. */
export function withProviders(
  document: DocumentNode,
  providers: readonly ProviderWords[],
  schema: GraphQLSchema,
): DocumentNode {
  const { name } = ProviderNameEnum;
  const values = providers.map((provider) => [
    spellProvider(provider.name),
    { description: `${provider.title}: ${provider.summary}.` },
  ]);
  const type = new GraphQLEnumType({
    name,
    description: 'A supplier of games, by the protocol it speaks.',
    values: Object.fromEntries(values),
  });
  const definitions = document.definitions.map((definition) =>
    'name' in definition && definition.name?.value === name ? astFromEnumType(type, schema) : definition,
  );
  return { ...document, definitions };
}

/** What the spellings mean, for a map of resolvers. */
export function providerValues(providers: readonly ProviderWords[]): Readonly<Record<string, ProviderName>> {
  return Object.fromEntries(providers.map(({ name }) => [spellProvider(name), name]));
}
