import { Registry } from 'prom-client';
import { serverSettings } from '../src/config/server-settings.ts';
import { createLogger } from '../src/server/logger.ts';
import { createServer } from '../src/server/server.ts';
import { cpuOf } from './cpu.ts';
import { createAsk, openGraph } from './graph.ts';
import { type Bench, median } from './result.ts';

const BETS = 100_000;
const ENTITIES = 500;
const RUNS = 9;
const FIRST = 5;
const DAY_MS = 86_400_000;

const query = `query ($representations: [_Any!]!, $range: TimeRange!) { _entities(representations: $representations) {
  ... on Player { bets(range: $range, first: ${FIRST}) { nodes { id stake settledAt } coverage { complete gaps { from to } } } } } }`;

/** What a router's question for the bets of 500 players over 40 days takes in CPU, against the query of the archive it needs. */
export const entities40Days: Bench = async () => {
  const graph = await openGraph(BETS);
  const server = await createServer({
    settings: {
      ...serverSettings.parse({ limits: { costPerMinute: 1_000_000_000 } }),
      host: '127.0.0.1',
      port: 0,
    },
    auth: null,
    schema: graph.schema,
    makeContext: graph.makeContext,
    isReady: () => true,
    logger: createLogger({ to: { write: () => true } }),
    registry: new Registry(),
    clock: Date.now,
  });
  const router = createAsk((await server.listen()).url);
  const range = { from: graph.range.to - 40 * DAY_MS, to: graph.range.to };
  const spelled = { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() };
  const players = Array.from({ length: ENTITIES }, (_, index) => `player${index * 37}`);
  const representations = players.map((username) => ({ __typename: 'Player', username }));
  const page = { limit: FIRST + 1, end: 'first', after: null, before: null, where: null } as const;
  const ask = { kind: 'BET', accounts: [graph.account], range, axis: 'SETTLED', ...page } as const;
  try {
    const asked: number[] = [];
    const read: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      asked.push(await cpuOf(() => router.ask(query, { representations, range: spelled })));
      read.push(await cpuOf(() => graph.archive.playerPages({ ...ask, players })));
    }
    return [
      {
        question: `${ENTITIES} players' bets over 40 days, against the archive query they need, in CPU`,
        figure: median(asked) / median(read),
        unit: '×',
        atMost: 3,
        detail: `medians of ${RUNS}, turn about: ${median(asked).toFixed(0)} ms and ${median(read).toFixed(0)} ms`,
      },
    ];
  } finally {
    await router.close();
    await server.close();
    await graph.archive.close();
  }
};
