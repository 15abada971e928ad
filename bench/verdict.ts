import { startGateway } from './gateway.ts';
import { type Bench, median } from './result.ts';

const INTERVAL_MS = 1_000;
const ROUNDS = 5;
const LIST = 'get_transfer_operation_log';
const MINUTE_MS = 60_000;

/** Whether it can be told that a transfer never came by one call of the list, as soon as the pace lets that leave. */
export const verdict: Bench = async () => {
  const account = { limits: { TRANSFER: { minInterval: `${INTERVAL_MS}ms`, settlementLag: '5s' } } };
  const gateway = await startGateway({ names: ['hotroad'], minIntervalMs: 0, account });
  const listed = () =>
    gateway.sandboxes['hotroad']!.calls.filter(({ operation }) => operation.includes(LIST)).length;
  let asked = 0;
  const judge = async () => {
    asked += 1;
    const sentAt = new Date(Date.now() - 30 * MINUTE_MS).toISOString();
    const query = `{ transferStatus(account: "hotroad-bench", transactionCode: "never${asked}", sentAt: "${sentAt}",
      maxWait: "20s") { state reason } }`;
    const startedAt = performance.now();
    const { transferStatus } = await gateway.ask<{ transferStatus: { state: string; reason: string } }>(
      query,
    );
    if (transferStatus.state !== 'NOT_ARRIVED')
      throw new Error(`expected a proof, got ${transferStatus.reason}`);
    return performance.now() - startedAt;
  };
  try {
    await judge();
    // With a slot that is free, a question takes what its calls take.
    const latencies: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS + 200));
      latencies.push(await judge());
    }
    const calls = listed();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await judge());
    const [latency, time] = [median(latencies), median(times)];
    const detail = `medians of ${ROUNDS}: ${time.toFixed(0)} ms with the slot just taken, ${latency.toFixed(0)} ms with it free, at ${INTERVAL_MS} ms an interval`;
    return [
      {
        question: 'a verdict of absence on a warm archive, against one interval and its latency',
        figure: time / (INTERVAL_MS + latency),
        unit: '×',
        atMost: 1.1,
        detail,
      },
      {
        question: 'a verdict of absence: calls of the list',
        figure: (listed() - calls) / ROUNDS,
        unit: '',
        atMost: 1,
        detail,
      },
    ];
  } finally {
    await gateway.close();
  }
};
