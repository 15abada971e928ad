import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { ArchiveError, CountroomError } from '../../errors.ts';
import type { Heartbeat } from '../admin.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cell, Cells } from '../sql/records.ts';
import { cancellable, rememberBackend } from './cancel.ts';
import { explainFault, isPassing, isUnreachable, placeOf } from './faults.ts';
import { destroy, type Lines } from './lines.ts';

export type Client = pg.PoolClient;

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  /** The most connections; more work than that waits. */
  readonly connections: number;
  /** How long one statement may run; milliseconds. */
  readonly statementMs: number;
  /** How long a transaction may stand idle before the server ends it, and with it the locks of a stalled process. */
  readonly idleMs: number;
  /** How long work that failed in passing is tried again; milliseconds. */
  readonly patienceMs: number;
  readonly readOnly?: boolean;
  /** How long an answer is waited for, whatever became of the server. @default a little longer than a statement may run */
  readonly limitMs?: number;
  /** How long a connection may take until it can be used. @default 10_000 */
  readonly connectMs?: number;
  /** Where connections at work are watched; absent where nobody watches. */
  readonly lines?: Lines;
  /** Told of lost connections. */
  readonly heartbeat?: Pick<Heartbeat, 'trouble' | 'suspect' | 'able'>;
  /** Whether work is refused after a moment while the heartbeat knows the server to be out of reach. @default false */
  readonly failsFast?: boolean;
}

/** Connections for one sort of work. Everything rejects with an ArchiveError or an error of our own. */
export interface Database {
  /** Lends a connection; the work is done again, at most until `patienceMs`, when it failed in passing. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** The same inside a transaction: all of the work or nothing. */
  transaction<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** A connection to keep; `release(true)` closes it. */
  lend(): Promise<{ readonly client: Client; release(broken: boolean): void }>;
  /** Once the signal is aborted the statement is cancelled, and the read rejects with the signal's reason. */
  read(statement: Statement, wanted?: AbortSignal): Promise<Cells>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** How much longer than the server its client waits: the server's own word says more. */
const GRACE_MS = 5_000;
const KEEPALIVE_MS = 10_000;
const CLOSE_MS = 2_000;
// A restart of the server is bridged where it is quick; whoever waits is answered within a second otherwise.
const MOMENT_MS = 700;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 1_000;

/** Opens no connection before the first work. */
export function createDatabase(options: DatabaseOptions): Database {
  const place = placeOf(options.url);
  const settings = settingsOf(options);
  const { heartbeat, lines, connectMs = CONNECT_MS, statementMs } = options;
  const connected = new Set<pg.ClientBase>();
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.name,
    max: options.connections,
    connectionTimeoutMillis: connectMs,
    query_timeout: options.limitMs ?? (statementMs === 0 ? 0 : statementMs + GRACE_MS),
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    onConnect: async (client) => {
      // An error outside any query would end the process; the next query on this connection reports it.
      client.on('error', () => {});
      connected.add(client);
      client.once('end', () => connected.delete(client));
      // A pooler takes a connection before it has one to give.
      const late = setTimeout(() => destroy(client), connectMs);
      try {
        await client.query(settings);
        await rememberBackend(client);
      } finally {
        clearTimeout(late);
      }
    },
  });
  // The pool has dropped the idle connection that broke; the next work opens another.
  pool.on('error', () => {});

  async function once<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    const over = lines?.began(client);
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      // What failed work left in the connection's own tables goes with it.
      client.release(!(error instanceof CountroomError));
      throw error;
    } finally {
      over?.();
    }
  }

  async function use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + options.patienceMs;
    for (let pause = FIRST_WAIT_MS; ; pause = Math.min(2 * pause, LONGEST_WAIT_MS)) {
      try {
        await refuseWhileAway();
        return await once(work);
      } catch (error) {
        if (isUnreachable(error)) heartbeat?.suspect();
        if (!isPassing(error) || performance.now() + pause > giveUpAt) throw explainFault(place, error);
      }
      await wait(pause);
    }
  }

  /** Waits a moment for a server that is known to be out of reach, then rejects with an ArchiveError. */
  async function refuseWhileAway(): Promise<void> {
    if (options.failsFast !== true || heartbeat === undefined) return;
    if (heartbeat.trouble()?.readable !== false) return;
    heartbeat.suspect();
    await Promise.race([heartbeat.able(), wait(MOMENT_MS)]);
    const trouble = heartbeat.trouble();
    if (trouble !== null && !trouble.readable) throw new ArchiveError(trouble.reason);
  }

  /** Whoever is at work is waited for a while; then its connection ends, whatever the server does. */
  async function close(): Promise<void> {
    const ended = pool.end();
    await Promise.race([ended, wait(CLOSE_MS, undefined, { ref: false })]);
    for (const client of connected) destroy(client);
  }

  /** One statement on a connection beside the pool's, which may all be at work. */
  async function ask(statement: string, pid: number): Promise<void> {
    const client = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: connectMs,
      query_timeout: connectMs,
    });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query(statement, [pid]);
    } finally {
      await client.end();
    }
  }

  return {
    use,
    transaction: (work) => use((client) => inTransaction(client, 'BEGIN', work)),
    async lend() {
      try {
        const client = await pool.connect();
        return { client, release: (broken) => client.release(broken) };
      } catch (error) {
        throw explainFault(place, error);
      }
    },
    async read(statement, wanted) {
      if (wanted === undefined) return use((client) => readCells(client, statement));
      const work = (client: Client) => cancellable(client, ask, wanted, () => readCells(client, statement));
      try {
        return await use(work);
      } catch (error) {
        wanted.throwIfAborted();
        throw error;
      }
    },
    close,
  };
}

/** Runs work between `begin` and COMMIT; rolls back when it throws. */
export async function inTransaction<T>(
  client: Client,
  begin: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  await client.query(begin);
  try {
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Any other error closes the connection, which rolls back as well and waits for nobody.
    if (error instanceof CountroomError) await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** A statement's whole answer by column; statements select nothing but text, doubles and booleans. */
export async function readCells(client: Client, { text, values }: Statement): Promise<Cells> {
  const result = await client.query<Cell[]>({ text, values: [...values], rowMode: 'array' });
  return toCells(result.rows, result.fields.length);
}

export function toCells(rows: readonly Cell[][], width: number): Cells {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? null));
}

// Compiling plans costs more than it saves at any size measured. A peer that fell silent is noticed within a minute,
// so that a machine that went away does not hold its locks.
function settingsOf({ statementMs, idleMs, readOnly }: DatabaseOptions): string {
  return [
    "SET TimeZone = 'UTC'",
    'SET jit = off',
    `SET statement_timeout = ${statementMs}`,
    `SET idle_in_transaction_session_timeout = ${idleMs}`,
    'SET tcp_keepalives_idle = 20',
    'SET tcp_keepalives_interval = 10',
    'SET tcp_keepalives_count = 3',
    `SET default_transaction_read_only = ${readOnly === true ? 'on' : 'off'}`,
  ].join('; ');
}
