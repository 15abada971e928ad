import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLObjectType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
  printSchema,
} from 'graphql';
import { ProbeResolver } from '../account/probe.ts';
import { AccountResolver, FeedResolver } from '../account/resolver.ts';
import { BetResolver } from '../bet/resolver.ts';
import { BetConnectionResolver } from '../bet/type.ts';
import { ChangeResolver } from '../change/resolver.ts';
import { CoverageResolver } from '../coverage/resolver.ts';
import { extendToSubgraph } from '../federation/extend.ts';
import { NodeResolver } from '../node/resolver.ts';
import { PlayerConnectionResolver } from '../player/connection.ts';
import { PlayerResolver } from '../player/resolver.ts';
import { QuarantineResolver } from '../quarantine/resolver.ts';
import { SeqNoFailureResolver } from '../seq-no-failure/resolver.ts';
import { SeqNoFailureConnectionResolver } from '../seq-no-failure/type.ts';
import { BetTotalsResolver } from '../totals/bet/resolver.ts';
import { SeqNoTotalsResolver } from '../totals/seq-no-failure/resolver.ts';
import { TransferTotalsResolver } from '../totals/transfer/resolver.ts';
import { TransferResolver } from '../transfer/resolver.ts';
import { TransferConnectionResolver } from '../transfer/type.ts';
import { buildSchemaSync, type NonEmptyArray } from './decorators.ts';
import { type ProviderWords, withProviders } from './provider-name.ts';

export interface SubgraphOptions {
  /** The values of `ProviderName`, in their order. */
  readonly providers: readonly ProviderWords[];
  /** Whether `node` and `nodes` are offered; in a supergraph only one subgraph can. */
  readonly exposeNode: boolean;
  /** Whether the mutations are offered: without them nothing is administered through a supergraph. @default true */
  readonly exposeAdmin?: boolean;
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
  'search',
  'account',
  'kind',
  'providerBetId',
  'transactionCode',
  'sentAt',
  'near',
  'kinds',
  'filter',
  'range',
  'accounts',
  'since',
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
  PlayerConnectionResolver,
  AccountResolver,
  FeedResolver,
  CoverageResolver,
  BetTotalsResolver,
  TransferTotalsResolver,
  SeqNoTotalsResolver,
  QuarantineResolver,
  ChangeResolver,
  ProbeResolver,
];

/** The executable graph: a Federation 2 subgraph whose resolvers expect a `RequestContext`. */
export function createSubgraph(options: SubgraphOptions): GraphQLSchema {
  const graph = createGraph(options);
  return extendToSubgraph(graph, printGraph(graph));
}

/** The subgraph's SDL, exactly as `_service.sdl` answers it. */
export function printSubgraph(options: SubgraphOptions): string {
  return printGraph(createGraph(options));
}

/** The same graph without federation's machinery, as clients and their tools see it. */
export function printClientSchema(options: SubgraphOptions): string {
  return printSchema(createGraph(options));
}

function printGraph(graph: GraphQLSchema): string {
  return `${LINK}\n\n${printSchemaWithDirectives(graph)}`;
}

function createGraph({ providers, exposeNode, exposeAdmin = true }: SubgraphOptions): GraphQLSchema {
  const classes = buildSchemaSync({
    resolvers: exposeNode ? [...resolvers, NodeResolver] : resolvers,
    validate: false,
  });
  const named = ordered(withProviders(classes, providers));
  const graph = exposeAdmin ? named : withoutMutations(named);
  const query = graph.getQueryType();
  if (query) query.description = QUERY_DESCRIPTION;
  const mutation = graph.getMutationType();
  if (mutation) mutation.description = MUTATION_DESCRIPTION;
  for (const type of Object.values(graph.getTypeMap())) {
    // Rows are plain objects that carry their type's name: no look at classes, no promise for each.
    if (isInterfaceType(type) || isUnionType(type)) type.resolveType = ({ __typename }) => __typename;
    if (!isObjectType(type)) continue;
    type.isTypeOf = undefined;
    for (const field of Object.values(type.getFields())) orderArguments(field);
  }
  return graph;
}

/**
 * The same graph with root fields and types in an order of names: else it would be the order in which modules happened to
 * be loaded, and a gateway would answer `_service.sdl` otherwise than it is printed.
 */
function ordered(graph: GraphQLSchema): GraphQLSchema {
  const config = graph.toConfig();
  for (const root of [config.query, config.mutation]) if (root) orderFields(root);
  const types = [...config.types].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new GraphQLSchema({ ...config, types });
}

/** The same graph without mutations, and without what is answered by them alone. */
function withoutMutations(graph: GraphQLSchema): GraphQLSchema {
  const config = { ...graph.toConfig(), mutation: null };
  const left = new GraphQLSchema({ ...config, types: [] }).getTypeMap();
  return new GraphQLSchema({ ...config, types: config.types.filter(({ name }) => name in left) });
}

function orderFields(type: GraphQLObjectType): void {
  const fields = type.getFields();
  const byName = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, field] of byName) {
    delete fields[name];
    fields[name] = field;
  }
}

function orderArguments(field: GraphQLField<unknown, unknown>): void {
  field.args = [...field.args].sort((a, b) => placeOf(a) - placeOf(b));
}

function placeOf({ name }: GraphQLArgument): number {
  const place = argumentOrder.indexOf(name);
  return place === -1 ? argumentOrder.length : place;
}
