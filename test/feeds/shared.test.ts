import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { systemClock } from '../../src/upstream/clock.ts';
import { guardOf } from '../../src/upstream/slots.ts';
import { type PostgresServer, startPostgres } from '../archive/postgres-server.ts';
import { type Harness, openHarness, settledHour } from './harness.ts';

const HOUR = 3_600_000;
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Several gateways as processes are: each with connections, claims and slots of its own, on one database. */
async function openGateways(count: number, minIntervalMs: number): Promise<Harness[]> {
  const url = await postgres.createDatabase();
  const gateways: Harness[] = [];
  for (let index = 0; index < count; index += 1) {
    const archive = await createPostgresArchive({ url, playerOf: (_, name) => name, leaseMs: 5_000 });
    closing.push(() => archive.close());
    const slots = archive.slots({ monotonic: systemClock.monotonic, guardOf });
    const gateway = await openHarness({
      names: ['vertexplay'],
      archive,
      slots,
      sandboxesOf: gateways[0],
      minIntervalMs,
    });
    closing.push(() => gateway.close());
    gateways.push(gateway);
  }
  return gateways;
}

// Asked once: a test that runs across ten past the hour would compare two hours.
const hour = settledHour(Date.now());

const windowCalls = (gateway: Harness) =>
  gateway.sandboxes['vertexplay']!.calls.filter((call) => call.interval !== null && call.refused === null);

describe('gateways on one database', () => {
  test('answer the same concurrent queries completely, and read no window twice', async () => {
    const gateways = await openGateways(3, 30);
    const range = { from: hour.from - HOUR, to: hour.to };
    const answers = await Promise.all(
      gateways.flatMap((gateway) =>
        Array.from({ length: 3 }, () =>
          gateway.dispatcher.begin().cover({ feeds: gateway.feeds, range, maxWaitMs: 600_000 }),
        ),
      ),
    );
    for (const { coverage } of answers) expect(coverage).toMatchObject({ complete: true, gaps: [] });
    const calls = windowCalls(gateways[0]!);
    expect(calls).toHaveLength(12);
    expect(new Set(calls.map((call) => call.interval!.from)).size).toBe(12);
    const times = calls.map((call) => call.at).sort((a, b) => a - b);
    // Arrivals, on a clock of whole milliseconds: a start is never early, an arrival may be late.
    expect(times.at(-1)! - times[0]!).toBeGreaterThanOrEqual(11 * 30);
  });

  test('take over the windows of one that went away', async () => {
    const [first, second] = (await openGateways(2, 30)) as [Harness, Harness];
    const range = hour;
    await first.dispatcher.begin().cover({ feeds: first.feeds, range, maxWaitMs: 1 });
    await first.filler.close(AbortSignal.timeout(0));
    await expect
      .poll(
        async () =>
          (await second.dispatcher.begin().cover({ feeds: second.feeds, range, maxWaitMs: 2_000 })).coverage
            .complete,
        { interval: 200 },
      )
      .toBe(true);
  });

  test('go on by themselves after the database was restarted', async () => {
    const [gateway] = (await openGateways(1, 30)) as [Harness];
    const range = hour;
    const asking = gateway.dispatcher.begin().cover({ feeds: gateway.feeds, range, maxWaitMs: 600_000 });
    await expect.poll(() => windowCalls(gateway).length, { interval: 5 }).toBeGreaterThan(1);
    await postgres.restart();
    // Whoever looked while it was away has been told so, soon.
    await asking.catch((error: unknown) => expect(error).toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' }));
    await expect
      .poll(
        async () =>
          (await gateway.dispatcher.begin().cover({ feeds: gateway.feeds, range, maxWaitMs: 2_000 })).coverage
            .complete,
        { interval: 200 },
      )
      .toBe(true);
  });
});
