import pg from 'pg';
import { UsageError } from '../../errors.ts';
import { backendOf } from './cancel.ts';
import { type Client, createDatabase } from './database.ts';
import { explainFault, isSilence, placeOf } from './faults.ts';
import { destroy } from './lines.ts';
import { connections } from './pools.ts';

const LIMIT_MS = 5_000;
const ROUNDS = 3;
/** What a gateway uses all the time: exports come and go. News and the heartbeat have a connection each. */
export const ESSENTIAL = connections.reads + connections.writes + connections.turns + 2;

/**
 * Rejects with a UsageError where something before the database does not keep a connection's session together, as
 * PgBouncer does not in any mode but `session`, or has fewer connections to give than a gateway uses.
 */
export async function refusePooler(url: string): Promise<void> {
  const database = createDatabase({
    url,
    name: 'countroom start',
    connections: 1,
    statementMs: LIMIT_MS,
    idleMs: LIMIT_MS,
    patienceMs: 3_000,
  });
  try {
    await database.use(async (first) => {
      const isPooled = backendOf(first) !== toldBackend(first);
      await refuseChangingSessions(url, first);
      if (isPooled) await refuseFewConnections(url, ESSENTIAL - 1);
    });
  } finally {
    await database.close();
  }
}

/** Keeps a second connection busy: the first must still be answered by the process of the server it had before. */
async function refuseChangingSessions(url: string, first: Client): Promise<void> {
  const second = connectionTo(url);
  try {
    await second.connect();
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await backend(first);
      await second.query('BEGIN');
      const taken = await backend(second);
      const isChanged = taken === before || (await backend(first)) !== before;
      await second.query('COMMIT');
      if (isChanged) throw changing(url);
    }
  } catch (error) {
    if (isSilence(error)) throw tooFew(url, 1);
    throw refusesTransactions(error) ? changing(url) : explainFault(placeOf(url), error);
  } finally {
    destroy(second);
  }
}

/** Opens as many more connections as will be used, at once: a pooler takes each and lets those wait that it has none for. */
async function refuseFewConnections(url: string, more: number): Promise<void> {
  const clients = Array.from({ length: more }, () => connectionTo(url));
  try {
    const answers = await Promise.allSettled(
      clients.map(async (client) => {
        await client.connect();
        await backend(client);
      }),
    );
    const given = answers.filter(({ status }) => status === 'fulfilled').length;
    if (given < more) throw tooFew(url, given + 1);
  } finally {
    for (const client of clients) destroy(client);
  }
}

function connectionTo(url: string): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'countroom start',
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
  });
  // What breaks it is told by the query that it breaks.
  return client.on('error', () => {});
}

async function backend(client: pg.ClientBase): Promise<unknown> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid;
}

/** Which process answers by what was told when the connection was made: a pooler tells a number of its own. */
function toldBackend(client: Client): number | undefined {
  return (client as { readonly processID?: number }).processID;
}

/** PgBouncer's own words in `pool_mode = statement`. */
function refusesTransactions(error: unknown): boolean {
  return error instanceof Error && /not allowed in statement pooling mode/.test(error.message);
}

function changing(url: string): UsageError {
  return new UsageError(
    `archive ${placeOf(url)}: expected connections that keep their session, got others' sessions between transactions; ` +
      'a PgBouncer with pool_mode = transaction is the likely reason: give it pool_mode = session for this database, or ' +
      "set archive.url to the database's own address",
  );
}

function tooFew(url: string, given: number): UsageError {
  return new UsageError(
    `archive ${placeOf(url)}: expected at least ${ESSENTIAL} connections for this gateway, got ${given} and no more within ` +
      `${LIMIT_MS / 1_000} s; raise the pool's size (PgBouncer: default_pool_size) to what all gateways use together`,
  );
}
