import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../../src/archive/postgres/database.ts';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';

let server: PostgresServer;
let database: Database;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
  database = createDatabase({
    url,
    name: 'reads',
    connections: 1,
    statementMs: 600_000,
    idleMs: 60_000,
    patienceMs: 5_000,
  });
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const asleep = async () =>
  (
    await server.run(
      "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'",
      url,
    )
  ).rowCount;

test('cancels the statement of somebody who has left, and goes on with the next', async () => {
  const left = new AbortController();
  const reading = database.read({ text: 'SELECT pg_sleep(600)::text', values: [] }, left.signal);
  const waiting = database.read({ text: 'SELECT pg_sleep(600)::text', values: [] }, left.signal);
  const next = database.read({ text: "SELECT 'seven'", values: [] });
  await expect.poll(asleep).toBe(1);
  left.abort(new Error('whoever asked has left'));
  await expect(reading).rejects.toThrow('whoever asked has left');
  await expect(waiting).rejects.toThrow('whoever asked has left');
  expect(await next).toEqual([['seven']]);
  expect(await asleep()).toBe(0);
});
