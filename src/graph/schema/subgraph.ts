import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  graphqlSync,
  isInputObjectType,
  isObjectType,
  parse,
  valueFromAST,
} from 'graphql';
import { resolveAccount } from '../account/reference.ts';
import { AccountResolver, FeedResolver } from '../account/resolver.ts';
import { resolveBet } from '../bet/reference.ts';
import { BetResolver } from '../bet/resolver.ts';
import { BetConnectionResolver } from '../bet/type.ts';
import type { RequestContext } from '../context.ts';
import { CoverageResolver } from '../coverage/resolver.ts';
import { NodeResolver } from '../node/resolver.ts';
import { type PlayerReference, resolvePlayer } from '../player/reference.ts';
import { PlayerResolver } from '../player/resolver.ts';
import { QuarantineResolver } from '../quarantine/resolver.ts';
import { resolveSeqNoFailure } from '../seq-no-failure/reference.ts';
import { SeqNoFailureResolver } from '../seq-no-failure/resolver.ts';
import { SeqNoFailureConnectionResolver } from '../seq-no-failure/type.ts';
import { BetTotalsResolver } from '../totals/bet/resolver.ts';
import { SeqNoTotalsResolver } from '../totals/seq-no-failure/resolver.ts';
import { TransferTotalsResolver } from '../totals/transfer/resolver.ts';
import { resolveTransfer } from '../transfer/reference.ts';
import { TransferResolver } from '../transfer/resolver.ts';
import { TransferConnectionResolver } from '../transfer/type.ts';
import { buildSchemaSync, createResolversMap, type NonEmptyArray } from './decorators.ts';
import { ProviderNameEnum, type ProviderWords, providerValues, withProviders } from './provider-name.ts';

type Module = Exclude<Extract<Parameters<typeof buildSubgraphSchema>[0], unknown[]>[number], DocumentNode>;
type Resolvers = NonNullable<Module['resolvers']>;

export interface SubgraphOptions {
  /** The values of `ProviderName`, in their order. */
  readonly providers: readonly ProviderWords[];
  /** Whether `node` and `nodes` are offered; in a supergraph only one subgraph can. */
  readonly exposeNode: boolean;
}

// 2.3 is the first version in which other subgraphs may treat `Node` as an entity interface.
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

const QUERY_DESCRIPTION =
  'Bets, transfers and failed wallet callbacks of every provider in one graph. Each answer says in `coverage` how complete ' +
  'it is: check it before you rely on a number. Times are UTC, ranges are half-open, money is exact text.';

const MUTATION_DESCRIPTION =
  'What an operator does by hand. Rows are never written here: they come from their providers alone.';

// Decorators register arguments last to first, and inherited ones before a class's own.
const argumentOrder = [
  'id',
  'ids',
  'username',
  'account',
  'providerBetId',
  'transactionCode',
  'sentAt',
  'near',
  'filter',
  'range',
  'accounts',
  'groupBy',
  'timeZone',
  'dayStartsAt',
  'orderBy',
  'first',
  'after',
  'last',
  'before',
  'maxWait',
];

const resolvers: NonEmptyArray<new () => object> = [
  BetResolver,
  BetConnectionResolver,
  TransferResolver,
  TransferConnectionResolver,
  SeqNoFailureResolver,
  SeqNoFailureConnectionResolver,
  PlayerResolver,
  AccountResolver,
  FeedResolver,
  CoverageResolver,
  BetTotalsResolver,
  TransferTotalsResolver,
  SeqNoTotalsResolver,
  QuarantineResolver,
];

interface IdReference {
  readonly id: string;
}

const references = {
  Bet: ({ id }: IdReference, context: RequestContext) => resolveBet(context, id),
  Transfer: ({ id }: IdReference, context: RequestContext) => resolveTransfer(context, id),
  SeqNoFailure: ({ id }: IdReference, context: RequestContext) => resolveSeqNoFailure(context, id),
  Player: (reference: PlayerReference) => resolvePlayer(reference),
  Account: ({ id }: IdReference, context: RequestContext) => resolveAccount(context, id),
};

/** The executable graph: a Federation 2 subgraph whose resolvers expect a `RequestContext`. */
export function createSubgraph({ providers, exposeNode }: SubgraphOptions): GraphQLSchema {
  const classes = buildSchemaSync({
    resolvers: exposeNode ? [...resolvers, NodeResolver] : resolvers,
    validate: false,
  });
  const query = classes.getQueryType();
  if (query) query.description = QUERY_DESCRIPTION;
  const mutation = classes.getMutationType();
  if (mutation) mutation.description = MUTATION_DESCRIPTION;
  forEachField(classes, (field) => {
    field.args = [...field.args].sort((a, b) => placeOf(a) - placeOf(b));
  });
  const document = parse(`${LINK}\n${printSchemaWithDirectives(classes)}`);
  const typeDefs = withProviders(document, providers, classes);
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: toResolvers(classes, providers) }]);
  readDefaultsAgain(schema);
  return schema;
}

/** The subgraph's SDL, exactly as `_service.sdl` answers it. */
export function printSubgraph(options: SubgraphOptions): string {
  const { data } = graphqlSync({ schema: createSubgraph(options), source: '{ _service { sdl } }' });
  return (data as { _service: { sdl: string } })._service.sdl;
}

function toResolvers(classes: GraphQLSchema, providers: readonly ProviderWords[]): Resolvers {
  const map = createResolversMap(classes);
  // Rows carry their type's name: no look at classes, no promise for each.
  Object.assign(map, { Node: { __resolveType: ({ __typename }: { __typename: string }) => __typename } });
  map[ProviderNameEnum.name] = { ...providerValues(providers) };
  for (const [type, resolve] of Object.entries(references)) {
    Object.assign(map[type] ?? {}, { __resolveReference: resolve });
  }
  // The two libraries type one thing twice: objects of resolvers, scalars and enum values by type name.
  return map as Resolvers;
}

/** Defaults were read from SDL before the scalars were ours: `"2s"` must become milliseconds as it does when sent. */
function readDefaultsAgain(schema: GraphQLSchema): void {
  forEachField(schema, (field) => field.args.forEach(readDefaultAgain));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type)) Object.values(type.getFields()).forEach(readDefaultAgain);
  }
}

function readDefaultAgain(input: GraphQLArgument | GraphQLInputField): void {
  const literal = input.astNode?.defaultValue;
  if (literal) input.defaultValue = valueFromAST(literal, input.type);
}

function forEachField(
  schema: GraphQLSchema,
  change: (field: GraphQLField<unknown, RequestContext>) => void,
): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type)) Object.values(type.getFields()).forEach(change);
  }
}

function placeOf({ name }: GraphQLArgument): number {
  const place = argumentOrder.indexOf(name);
  return place === -1 ? argumentOrder.length : place;
}
