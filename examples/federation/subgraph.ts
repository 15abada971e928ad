import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLFieldResolver, parse } from 'graphql';

type Resolve = GraphQLFieldResolver<unknown, unknown>;

/** Another team's subgraph: its SDL, and how its entities and fields are found. */
export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  /** By type, then field; `__resolveReference` takes the representation a router sends. */
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolve>>>>;
}

export interface Served {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
  close(): Promise<void>;
}

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The head every subgraph here begins with. */
export const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** Serves a subgraph on any free port of loopback; `onRequest` is told of each request. */
export async function serveSubgraph(
  { name, sdl, resolvers }: Subgraph,
  onRequest: (headers: Headers) => void = () => {},
): Promise<Served> {
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => {
      onRequest(req.headers);
      return {};
    },
  });
  return { name, url, sdl, close: () => server.stop() };
}
