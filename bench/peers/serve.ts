import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import fastify from 'fastify';
import { createSchema, createYoga } from 'graphql-yoga';
import mercurius from 'mercurius';
import { newest, ofPlayers } from './rows.ts';
import { makeContext, resolvers, typeDefs } from './schema.ts';

/** Each peer as its own page of instructions starts it; gives its address. */
const peers: Readonly<Record<string, () => Promise<string>>> = {
  /** What answers in JSON over HTTP cannot go below. */
  async floor() {
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { variables } = JSON.parse(text) as { variables: { first?: number; names?: string[] } };
      const { first, names } = variables;
      const data =
        names === undefined
          ? { bets: { nodes: newest.slice(0, first) } }
          : { players: names.map((username) => ({ username, bets: { nodes: ofPlayers.get(username) } })) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async apollo() {
    const { url } = await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
      listen: { port: 0, host: '127.0.0.1' },
      context: async () => makeContext(),
    });
    return url;
  },
  async yoga() {
    const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context: makeContext });
    const server = createServer(yoga);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async mercurius() {
    const app = fastify();
    await app.register(mercurius, {
      schema: typeDefs,
      resolvers: resolvers as never,
      context: makeContext as never,
      jit: 1,
    });
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
};

const start = peers[process.argv[2] ?? ''];
if (start === undefined)
  throw new Error(`peer: expected one of ${Object.keys(peers).join(', ')}, got ${process.argv[2]}`);
console.log(await start());
