import { ArchiveError } from '../../errors.ts';
import { createHeartbeat, type RunningHeartbeat } from '../heartbeat.ts';
import { type Client, createDatabase, inTransaction } from './database.ts';
import { isSilence, placeOf } from './faults.ts';
import type { Lines } from './lines.ts';

export interface PostgresHeartbeatOptions {
  readonly url: string;
  /** The connections that end when their peer falls silent. */
  readonly lines: Lines;
  /** Done at every beat, on its connection. */
  readonly alongside: (client: Client) => Promise<void>;
}

export type PostgresHeartbeat = RunningHeartbeat & { close(): Promise<void> };

// Often enough that what a killed process held is free for others within a second.
const EVERY_MS = 250;
const LIMIT_MS = 5_000;
// Rows of a page's quarter: what a commit of a full window needs, and more than a file system keeps back.
const PROBE = `CREATE TEMP TABLE room ON COMMIT DROP AS
  SELECT repeat('x', 1900) AS fill FROM generate_series(1, 4096)`;

/** Looks at the database over a connection of its own, and once more over a new one before it calls it out of reach. */
export function createPostgresHeartbeat({
  url,
  lines,
  alongside,
}: PostgresHeartbeatOptions): PostgresHeartbeat {
  const database = createDatabase({
    url,
    name: 'countroom heartbeat',
    connections: 1,
    statementMs: LIMIT_MS,
    limitMs: LIMIT_MS,
    connectMs: LIMIT_MS,
    idleMs: LIMIT_MS,
    patienceMs: 0,
  });

  function once(): Promise<boolean> {
    return database.use(async (client) => {
      await endAtServer(client, await lines.endSilent((pids) => atWork(client, pids)));
      const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
      const isStandby = rows[0]?.standby === true;
      if (!isStandby) await alongside(client);
      return isStandby;
    });
  }

  async function look() {
    const isStandby = await once().catch(once).catch(giveUp);
    return isStandby
      ? { reason: `archive ${placeOf(url)}: it is a standby, open for reading alone`, readable: true }
      : null;
  }

  function giveUp(error: unknown): never {
    if (error instanceof ArchiveError && isSilence(error.cause)) lines.endStill();
    throw error;
  }

  const heartbeat = createHeartbeat({
    look,
    probe: () =>
      database.use((client) => inTransaction(client, 'BEGIN', async () => void (await client.query(PROBE)))),
    everyMs: EVERY_MS,
  });
  return {
    ...heartbeat,
    async close() {
      heartbeat.close();
      await database.close();
    },
  };
}

/** Has the server end what stood behind silent connections too: its locks would hold up others until it noticed. */
async function endAtServer(client: Client, pids: readonly number[]): Promise<void> {
  if (pids.length === 0) return;
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid = ANY($1::int[]) AND state <> 'active' AND usename = current_user AND application_name LIKE 'countroom %'`,
    [pids],
  );
}

async function atWork(client: Client, pids: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE pid = ANY($1::int[]) AND state = 'active'",
    [pids],
  );
  return new Set(rows.map(({ pid }) => pid));
}
