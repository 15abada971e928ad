import type pg from 'pg';

// Any number of our own: one lock of two numbers for each process, the second made of its name.
const SESSIONS = 4_729;
const PREFIX = 'session ';

/** The name of a holder whose leases and slots end with its session at the database. */
export function sessionName(owner: string): string {
  return `${PREFIX}${owner}`;
}

/** Keeps a process known as alive for as long as this connection lasts; several connections may. */
export async function holdSession(client: pg.ClientBase, owner: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock_shared($1::int4, hashtext($2))', [
    SESSIONS,
    sessionName(owner),
  ]);
}

/** Those who hold leases, or hold or wait for slots, and whose session has ended. */
export const GONE = `
SELECT h.name FROM (
  SELECT owner AS name FROM leases
  UNION SELECT owner FROM pace_waiters
  UNION SELECT holder FROM pace_slots) AS h
WHERE h.name LIKE '${PREFIX}%' AND NOT EXISTS (
  SELECT 1 FROM pg_locks AS k
  WHERE k.locktype = 'advisory' AND k.objsubid = 2 AND k.granted AND k.classid = ${SESSIONS}
    AND k.objid = (hashtext(h.name)::bigint & 4294967295)::oid
    AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;
