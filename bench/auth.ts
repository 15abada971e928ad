import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { Registry } from 'prom-client';
import { authSettings, serverSettings } from '../src/config/server-settings.ts';
import type { RequestContext } from '../src/graph/context.ts';
import { localViewer } from '../src/graph/viewer.ts';
import { createLogger } from '../src/server/logger.ts';
import { createServer } from '../src/server/server.ts';
import { rangeText } from './gateway.ts';
import { type BenchGraph, createAsk, interleaved, openGraph } from './graph.ts';
import { type Bench, median } from './result.ts';

const ROWS = 100;
const RUNS = 1_000;
const KEYS = 20;
const names = { cpu: 'in CPU of all threads', wall: 'by the wall' };

const query = ({ range }: BenchGraph) => `{
  bets(filter: { range: ${rangeText(range.from, range.to)} }, first: ${ROWS}) {
    nodes { id providerBetId providerUsername player { username } gameCode gameType roundId currency
      stake validStake payout netWin status outcome placedAt settledAt archivedAt }
    pageInfo { hasNextPage endCursor } coverage { complete final } } }`;

/** The same graph behind Apollo and Fastify alone: no key, no limit, no audit log, no count. */
async function startBare({ schema, makeContext }: BenchGraph) {
  const apollo = new ApolloServer<RequestContext>({
    schema,
    nodeEnv: 'production',
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  });
  await apollo.start();
  const app = Fastify();
  const context = async () => makeContext(localViewer);
  app.route({ method: 'POST', url: '/graphql', handler: fastifyApolloHandler(apollo, { context }) });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async close() {
      await app.close();
      await apollo.stop();
    },
  };
}

/** The server as it is: one of many keys, every limit, the audit log as log lines and the counts. */
async function startGuarded({ schema, makeContext }: BenchGraph, key: string) {
  const apiKeys = Array.from({ length: KEYS }, (_, index) => ({
    name: `key-${index}`,
    key: index === KEYS - 1 ? key : `another-key-of-the-bench-${index}`,
    role: 'admin' as const,
  }));
  const limits = { costPerMinute: Number.MAX_SAFE_INTEGER };
  const server = await createServer({
    settings: { ...serverSettings.parse({ limits }), host: '127.0.0.1', port: 0 },
    auth: authSettings.parse({ apiKeys }),
    schema,
    makeContext,
    isReady: () => true,
    logger: createLogger({ secrets: [key], to: { write: () => true } }),
    registry: new Registry(),
    clock: Date.now,
  });
  const { url } = await server.listen();
  return { url, close: () => server.close() };
}

/** What authentication and limits add to a warm query of 100 rows. */
export const auth: Bench = async () => {
  const graph = await openGraph(20_000);
  const key = 'the-key-of-the-bench-0001';
  const [bare, guarded] = [await startBare(graph), await startGuarded(graph, key)];
  const without = createAsk(bare.url);
  const withAll = createAsk(guarded.url, { authorization: `Bearer ${key}` });
  try {
    const source = query(graph);
    const [alone, all] = await interleaved(
      RUNS,
      () => without.ask(source),
      () => withAll.ask(source),
    );
    return (['cpu', 'wall'] as const).map((of) => {
      // Neighbours are compared, since what else the machine does changes more slowly than they follow each other.
      const added = median(all.map((took, index) => took[of] - (alone[index]?.[of] ?? Number.NaN)));
      const usual = median(alone.map((took) => took[of]));
      return {
        question: `a warm query of ${ROWS} rows with a key of ${KEYS}, limits, audit log and counts, against none of them, ${names[of]}`,
        figure: (usual + added) / usual,
        unit: '×',
        atMost: 1.05,
        detail: `medians of ${RUNS}, turn about: ${added.toFixed(2)} ms added to ${usual.toFixed(2)} ms`,
      };
    });
  } finally {
    await Promise.all([without.close(), withAll.close()]);
    await Promise.all([bare.close(), guarded.close()]);
    await graph.archive.close();
  }
};
