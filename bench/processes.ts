import { startPostgres } from '../test/archive/postgres-server.ts';
import { rangeText, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

const INTERVAL_MS = 300;
const WINDOWS = 60;
const WINDOW_MS = 600_000;

/** Whether three processes on one database fill one account as fast as its interval allows, and no faster. */
export const processes: Bench = async () => {
  const postgres = await startPostgres();
  const archiveUrl = await postgres.createDatabase();
  const gateway = await startGateway({ names: ['vertexplay'], minIntervalMs: INTERVAL_MS, archiveUrl });
  try {
    const all = [gateway, await gateway.another(), await gateway.another()];
    const to = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
    const query = `{ bets(filter: { range: ${rangeText(to - WINDOWS * WINDOW_MS, to)} }, first: 1, maxWait: "60s")
      { coverage { complete } } }`;
    const answers = await Promise.all(
      all.map((each) => each.ask<{ bets: { coverage: { complete: boolean } } }>(query)),
    );
    if (!answers.every(({ bets }) => bets.coverage.complete))
      throw new Error('a gateway did not answer completely');
    const calls = gateway.sandboxes['vertexplay']!.calls.filter((call) => call.interval !== null);
    const times = calls.map((call) => call.at).sort((a, b) => a - b);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    const refused = calls.filter((call) => call.refused !== null).length;
    const total = times.at(-1)! - times[0]!;
    const detail = `${calls.length} calls in ${total} ms, least gap ${Math.min(...gaps)} ms, ${refused} refused`;
    return [
      {
        question: 'three processes fill 60 windows at 300 ms, against 59 intervals',
        figure: total / ((WINDOWS - 1) * INTERVAL_MS),
        unit: '×',
        atMost: 1.03,
        detail,
      },
      {
        question: 'three processes: calls a window',
        figure: calls.length / WINDOWS,
        unit: '',
        atMost: 1,
        detail,
      },
      {
        question: 'three processes: calls the strict provider refused',
        figure: refused,
        unit: '',
        atMost: 0,
        detail,
      },
    ];
  } finally {
    await gateway.close();
    await postgres.stop();
  }
};
