import { rangeText, startGateway } from './gateway.ts';
import type { Bench } from './result.ts';

const INTERVAL_MS = 200;
const WINDOWS = 60;
const WINDOW_MS = 600_000;

/** How near to the provider's own limit windows are filled, and whether concurrent queries share them. */
export const pace: Bench = async () => {
  const gateway = await startGateway({ names: ['vertexplay'], minIntervalMs: INTERVAL_MS });
  try {
    const to = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
    const query = (from: number, until: number) =>
      `{ bets(filter: { range: ${rangeText(from, until)} }, first: 1, maxWait: "60s") { coverage { complete } } }`;
    const from = to - WINDOWS * WINDOW_MS;
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        gateway.ask(query(from + (index % 10) * WINDOW_MS, to - (index % 7) * WINDOW_MS)),
      ),
    );
    const calls = gateway.sandboxes['vertexplay']!.calls.filter((call) => call.interval !== null);
    const times = calls.map((call) => call.at);
    const total = Math.max(...times) - Math.min(...times);
    const refused = calls.filter((call) => call.refused !== null).length;
    const ideal = (WINDOWS - 1) * INTERVAL_MS;
    const detail = `${calls.length} calls for ${WINDOWS} windows in ${total} ms, ${refused} refused`;
    return [
      {
        question: 'fill 60 windows at 200 ms, against 59 intervals',
        figure: total / ideal,
        unit: '×',
        atMost: 1.05,
        detail,
      },
      {
        question: '40 concurrent overlapping queries: calls a window',
        figure: calls.length / WINDOWS,
        unit: '',
        atMost: 1,
        detail,
      },
    ];
  } finally {
    await gateway.close();
  }
};
