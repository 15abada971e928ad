import type pg from 'pg';
import type { Client } from './database.ts';

// Which process of the server answers a connection: told by the server itself, since a pooler between may tell its own.
const backends = new WeakMap<object, number>();

/** Remembers which process of the server answers this connection. */
export async function rememberBackend(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  if (rows[0] !== undefined) backends.set(client, rows[0].pid);
}

/** The process of the server that answers this connection; undefined before it was remembered. */
export function backendOf(client: object): number | undefined {
  return backends.get(client);
}

/**
 * Runs work on a connection; once the signal is aborted, whatever statement runs there is cancelled by way of `ask`, a
 * connection of another, and the work rejects with the signal's reason.
 */
export async function cancellable<T>(
  client: Client,
  ask: (statement: string, pid: number) => Promise<unknown>,
  wanted: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  wanted.throwIfAborted();
  let cancelling: Promise<unknown> = Promise.resolve();
  const cancel = () => {
    const pid = backendOf(client);
    if (pid === undefined) return;
    // One that cannot be cancelled ends by its time; who asked has left either way.
    cancelling = ask('SELECT pg_cancel_backend($1)', pid).catch(() => undefined);
  };
  wanted.addEventListener('abort', cancel, { once: true });
  try {
    return await work();
  } catch (error) {
    wanted.throwIfAborted();
    throw error;
  } finally {
    wanted.removeEventListener('abort', cancel);
    // A cancellation that came late must not hit whoever has the connection next.
    await cancelling;
  }
}
