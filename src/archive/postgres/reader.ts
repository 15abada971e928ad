import type { Client } from './database.ts';

const ROLE = 'countroom_reader';
const VIEWS = [
  'v_bets, v_transfers, v_failures, v_bet_totals, v_coverage',
  'v_withdrawn_bets, v_withdrawn_transfers, v_withdrawn_failures',
].join(', ');
// A report that runs longer than this would hold back what a database cleans up.
const TIMEOUT = `ALTER ROLE ${ROLE} SET statement_timeout = '60s'`;

/**
 * Lets the role `countroom_reader` read the views and nothing else, for a minute a statement, and makes it where that is permitted; returns
 * notes for the operator where it is not. Inside the transaction that is open.
 */
export async function grantReader(client: Client): Promise<string[]> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [ROLE]);
  if (found.rowCount === 0 && !(await isDone(client, `CREATE ROLE ${ROLE} NOLOGIN`))) {
    return [
      `the role ${ROLE} is not there and this user may not make it: have it made ` +
        `(CREATE ROLE ${ROLE} NOLOGIN), then GRANT SELECT ON ${VIEWS} TO ${ROLE}`,
    ];
  }
  await client.query(`GRANT SELECT ON ${VIEWS} TO ${ROLE}`);
  const notes: string[] = [];
  if (!(await hasTimeout(client)) && !(await isDone(client, TIMEOUT)))
    notes.push(`the role ${ROLE} has no statement timeout: have it set (${TIMEOUT})`);
  const { rows } = await client.query(
    "SELECT format('GRANT USAGE ON SCHEMA %I TO ', current_schema()) AS sql",
  );
  if (await isDone(client, `${rows[0]?.sql}${ROLE}`)) return notes;
  return [...notes, `the role ${ROLE} may not use this schema yet: its owner has to grant it`];
}

/** Whether somebody has set one already, which is left as it is. */
async function hasTimeout(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(
    "SELECT 1 FROM pg_roles, unnest(rolconfig) AS setting WHERE rolname = $1 AND setting LIKE 'statement_timeout=%'",
    [ROLE],
  );
  return rowCount !== 0;
}

/** Whether the statement was permitted; the transaction goes on either way. */
async function isDone(client: Client, statement: string): Promise<boolean> {
  await client.query('SAVEPOINT permitted');
  try {
    await client.query(statement);
    await client.query('RELEASE SAVEPOINT permitted');
    return true;
  } catch (error) {
    // 42501: no such right. The others: somebody at another database of this server has just made the role.
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== '42501' && code !== '42710' && code !== '23505') throw error;
    await client.query('ROLLBACK TO SAVEPOINT permitted');
    return code !== '42501';
  }
}
