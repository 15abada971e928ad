import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { withClient } from './database.ts';
import type { Gateway } from './gateway.ts';
import type { SoakOptions } from './soak.ts';
import { openWorld, type World } from './world.ts';

/** How long after a fault's end everything was filled again, in milliseconds. */
export interface Recovery {
  readonly fault: string;
  readonly promisedMs: number;
  readonly tookMs: number;
}

/** Far enough back that there is always something to fill. */
const HOURS = 20;
const STEADY_MS = 4_000;
const MOST_MS = 120_000;
const ACCOUNT = 'vertexplay';

/** Meets each fault once while everything else is well, and measures until the feeds are filled again. */
export async function measureRecovery(options: Omit<SoakOptions, 'minutes'>): Promise<readonly Recovery[]> {
  const { say = () => {} } = options;
  const world = await openWorld({ ...options, minutes: HOURS });
  try {
    await filled(world, [ACCOUNT]);
    const found: Recovery[] = [];
    for (const { fault, promisedMs, meet } of faults) {
      await wait(STEADY_MS);
      say(fault);
      const tookMs = await meet(world);
      found.push({ fault, promisedMs, tookMs });
      say(`${fault}: ${Math.round(tookMs)} ms`);
    }
    return found;
  } finally {
    await world.close();
  }
}

interface Faulty {
  readonly fault: string;
  readonly promisedMs: number;
  /** Gives how long it took from the fault’s end, or from its beginning where it does not end. */
  readonly meet: (world: World) => Promise<number>;
}

const faults: readonly Faulty[] = [
  {
    fault: 'kill -9 of the one of three that keeps a feed filled',
    promisedMs: 2_000,
    async meet(world) {
      const keeper = await keeperOf(world);
      await keeper.kill();
      const took = await filled(world, [ACCOUNT]);
      await keeper.revive();
      return took;
    },
  },
  {
    fault: 'the database is killed and started again after 5 s',
    promisedMs: 5_000,
    async meet(world) {
      await world.postgres.crash();
      await wait(5_000);
      await world.postgres.start();
      return filled(world, world.providers);
    },
  },
  {
    fault: 'connections to the database fall silent, new ones pass',
    promisedMs: 60_000,
    async meet(world) {
      for (const { proxy } of world.gateways) proxy.freeze();
      return filled(world, world.providers);
    },
  },
  {
    fault: 'a provider answers 503 for 40 s',
    promisedMs: 15_000,
    async meet(world) {
      world.host.inject(ACCOUNT, 'unavailable', Number.POSITIVE_INFINITY);
      await wait(40_000);
      world.host.heal(ACCOUNT);
      return filled(world, [ACCOUNT]);
    },
  },
];

/** The gateway that fills the feed now, found by the connection that its leases end with. */
async function keeperOf({ gateways, databaseUrl }: World): Promise<Gateway> {
  for (;;) {
    const ports = await query<{ port: number }>(
      databaseUrl,
      `SELECT a.client_port AS port FROM leases AS l
      JOIN pg_locks AS k ON k.locktype = 'advisory' AND k.granted
        AND k.objid = (hashtext(l.owner)::bigint & 4294967295)::oid
      JOIN pg_stat_activity AS a ON a.pid = k.pid WHERE l.account = $1`,
      [ACCOUNT],
    );
    const found = gateways.find(({ proxy }) => ports.some(({ port }) => proxy.comesFrom(port)));
    if (found !== undefined) return found;
    await wait(20);
  }
}

/** Resolves when a window of each account was read and archived from now on; gives how long it took. */
async function filled({ databaseUrl }: World, accounts: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const since = Date.now();
  const text = 'SELECT account, count(*)::int AS reads FROM intervals WHERE read_at >= $1 GROUP BY account';
  while (performance.now() - startedAt < MOST_MS) {
    // The database may be away.
    const found = await query<{ account: string; reads: number }>(databaseUrl, text, [since]).catch(() => []);
    const reads = new Map(found.map((each) => [each.account, each.reads]));
    if (accounts.every((each) => (reads.get(each) ?? 0) > 0)) break;
    await wait(20);
  }
  return performance.now() - startedAt;
}

function query<R extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[],
): Promise<readonly R[]> {
  return withClient(url, async (client) => (await client.query<R>(text, [...values])).rows);
}
