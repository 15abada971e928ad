import { Registry } from 'prom-client';
import { serverSettings } from '../src/config/server-settings.ts';
import { encodeId } from '../src/graph/rows/ids.ts';
import { createLogger } from '../src/server/logger.ts';
import { createServer } from '../src/server/server.ts';
import { createAsk, interleaved, openGraph } from './graph.ts';
import { type Bench, median } from './result.ts';
import { betAt } from './rows.ts';

const BETS = 200_000;
const ENTITIES = 500;
const RUNS = 40;

const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Bet {
  id providerUsername player { username } gameCode roundId currency stake payout netWin status outcome settledAt } } }`;

/** What a router's question for 500 bets takes over HTTP, against the query of the archive it needs. */
export const entities: Bench = async () => {
  const graph = await openGraph(BETS);
  const server = await createServer({
    settings: { ...serverSettings.parse({ bodyLimit: 1_000_000 }), host: '127.0.0.1', port: 0 },
    auth: null,
    schema: graph.schema,
    makeContext: graph.makeContext,
    isReady: () => true,
    logger: createLogger({ to: { write: () => true } }),
    registry: new Registry(),
    clock: Date.now,
  });
  const router = createAsk((await server.listen()).url);
  try {
    const ids = Array.from({ length: ENTITIES }, (_, index) => ({
      account: graph.account,
      key: betAt((index * 1_999) % BETS, BETS, graph.range).key,
    }));
    const representations = ids.map(({ account, key }) => ({
      __typename: 'Bet',
      id: encodeId('Bet', account, key),
    }));
    const took = await interleaved(
      RUNS,
      () => router.ask(query, { representations }),
      () => graph.archive.byKeys('BET', ids),
    );
    const [asked, read] = [median(took[0].map(({ wall }) => wall)), median(took[1].map(({ wall }) => wall))];
    return [
      {
        question: `${ENTITIES} entities from 200k rows over HTTP, against the archive query they need`,
        figure: asked / read,
        unit: '×',
        atMost: 3,
        detail: `medians of ${RUNS}, turn about: ${asked.toFixed(1)} ms and ${read.toFixed(1)} ms`,
      },
    ];
  } finally {
    await router.close();
    await server.close();
    await graph.archive.close();
  }
};
