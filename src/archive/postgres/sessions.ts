import type pg from 'pg';

// Any number of our own: one lock of two numbers for each process, the second made of its name.
const SESSIONS = 4_729;
const PREFIX = 'session ';

/** The name of a lease's owner whose leases end with its session at the database. */
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

/** The owners of leases whose session has ended. */
export const GONE = `
SELECT DISTINCT owner FROM leases AS l WHERE owner LIKE '${PREFIX}%' AND NOT EXISTS (
  SELECT 1 FROM pg_locks AS k
  WHERE k.locktype = 'advisory' AND k.objsubid = 2 AND k.granted AND k.classid = ${SESSIONS}
    AND k.objid = (hashtext(l.owner)::bigint & 4294967295)::oid
    AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;
