import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export interface Router {
  /** Where it answers GraphQL. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a router over a supergraph on loopback; port 0 takes any that is free. */
export type StartRouter = (supergraphSdl: string, port?: number) => Promise<Router>;

// A key of countroom's is nobody else's business: it goes to that subgraph alone. The id makes one request's log
// lines findable on both sides.
const forwarded = ['authorization', 'x-request-id'];
const trusted = 'countroom';

type Header = readonly [name: string, value: string];

function headersFor(
  subgraph: string | undefined,
  read: (name: string) => string | null | undefined,
): Header[] {
  if (subgraph !== trusted) return [];
  return forwarded.flatMap((name): Header[] => {
    const value = read(name);
    return value === null || value === undefined ? [] : [[name, value]];
  });
}

interface Client {
  readonly header: (name: string) => string | undefined;
}

/** The body of an answer that is not HTTP 200; text where it is no JSON. */
type Refusal = string | { readonly errors?: readonly GraphQLFormattedError[] };

/** Apollo Server over `@apollo/gateway`. */
export const startApolloRouter: StartRouter = async (supergraphSdl, port = 0) => {
  // Else it looks for the cloud it may run in, and sends Apollo metrics of this machine.
  process.env['APOLLO_TELEMETRY_DISABLED'] ??= 'true';
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url }) =>
      new RemoteGraphQLDataSource<Client>({
        url,
        willSendRequest({ request, ...sent }) {
          // While it starts, the gateway asks for itself: there is no client yet.
          if (sent.kind !== 'incoming operation') return;
          const { header } = sent.context;
          for (const [key, value] of headersFor(name, header)) request.http?.headers.set(key, value);
        },
        async errorFromResponse(response) {
          // A refusal has its code in the body, whatever its status; by itself the gateway would hand the whole
          // answer to the client, the subgraph's address included.
          const body = (await this.parseBody(response)) as Refusal;
          const [error] = typeof body === 'string' ? [] : (body.errors ?? []);
          const { message, extensions } = error ?? { message: `${name} answered HTTP ${response.status}` };
          return new GraphQLError(message, { extensions });
        },
      }),
  });
  const server = new ApolloServer<Client>({
    gateway,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port },
    context: async ({ req }) => ({ header: (name) => req.headers[name]?.toString() }),
  });
  return { url, close: () => server.stop() };
};

/** Hive Gateway. */
export const startHiveRouter: StartRouter = async (supergraphSdl, port = 0) => {
  const gateway = createGatewayRuntime({
    supergraph: supergraphSdl,
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request, subgraphName }) =>
        Object.fromEntries(headersFor(subgraphName, (name) => request.headers.get(name))),
    },
  });
  const server = createServer(gateway);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await gateway[Symbol.asyncDispose]();
    },
  };
};
