import { rangeText, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

const INTERVAL_MS = 300;
const WINDOW_MS = 600_000;
const DAY_MS = 86_400_000;

/** How long a second client waits for one cold window while the first asks for forty cold days. */
export const fairness: Bench = async () => {
  const gateway = await startGateway({ names: ['vertexplay'], minIntervalMs: INTERVAL_MS });
  try {
    const now = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS;
    const query = (from: number, to: number, maxWait: string) =>
      `{ bets(filter: { range: ${rangeText(from, to)} }, first: 1, maxWait: "${maxWait}") { coverage { complete } } }`;
    const big = gateway.ask(query(now - 39 * DAY_MS, now - WINDOW_MS, '12s'));
    const waits: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 4 * INTERVAL_MS));
      const from = now - (20 + index) * DAY_MS;
      const startedAt = performance.now();
      const { bets } = await gateway.ask<{ bets: { coverage: { complete: boolean } } }>(
        query(from, from + WINDOW_MS, '10s'),
      );
      if (!bets.coverage.complete) throw new Error('the second client was not answered completely');
      waits.push(performance.now() - startedAt);
    }
    await big;
    const worst = Math.max(...waits);
    return [
      {
        question: 'a cold window beside a cold query over 39 days, in intervals',
        figure: worst / INTERVAL_MS,
        unit: '×',
        atMost: 2,
        detail: `worst of 5: ${worst.toFixed(0)} ms at ${INTERVAL_MS} ms an interval`,
      },
    ];
  } finally {
    await gateway.close();
  }
};
