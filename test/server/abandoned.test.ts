import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createPool } from '../../src/archive/duckdb/pool.ts';
import { createDatabase } from '../../src/archive/postgres/database.ts';
import type { RequestContext } from '../../src/graph/context.ts';
import { startPostgres } from '../archive/postgres-server.ts';
import { deferred, post, start } from './harness.ts';

/** One connection of an engine: a question that takes hours, which nothing but a cancellation ends, and a small one. */
interface Engine {
  large(left: AbortSignal | undefined): Promise<unknown>;
  small(): Promise<string>;
}

async function openDuckDb(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:');
  const pool = createPool([await instance.connect()]);
  onTestFinished(async () => {
    await pool.close();
    instance.closeSync();
  });
  const endless = 'SELECT sum(a.range * b.range % 7) FROM range(10000000) AS a, range(10000000) AS b';
  return {
    large: (left) => pool.use((connection) => connection.run(endless), left),
    small: () =>
      pool.use(async (connection) => String((await connection.runAndReadAll('SELECT 7')).getRows()[0]?.[0])),
  };
}

async function openPostgres(): Promise<Engine> {
  const server = await startPostgres();
  const limits = { statementMs: 3_600_000, idleMs: 60_000, patienceMs: 600_000 };
  const url = await server.createDatabase();
  const database = createDatabase({ url, name: 'reads', connections: 1, ...limits });
  onTestFinished(async () => {
    await database.close();
    await server.stop();
  });
  return {
    large: (left) => database.read({ text: 'SELECT pg_sleep(3600)::text', values: [] }, left),
    small: async () => String((await database.read({ text: "SELECT '7'", values: [] }))[0]?.[0]),
  };
}

describe.each([
  ['DuckDB', openDuckDb],
  ['PostgreSQL', openPostgres],
])('a large query of a caller who hangs up, on %s', (_, open) => {
  test('is stopped at once, and a neighbour who waits for its connection is answered', async () => {
    const engine = await open();
    const events: string[] = [];
    const [begun, asked] = [deferred<void>(), deferred<void>()];
    const lefts: AbortSignal[] = [];
    const running = await start({
      makeContext(viewer, left) {
        if (left !== undefined) lefts.push(left);
        return { viewer, notices: [] } as Pick<RequestContext, 'viewer' | 'notices'> as RequestContext;
      },
      resolvers: {
        async slow() {
          const reading = engine.large(lefts[0]);
          events.push('the large query has begun');
          begun.resolve();
          await reading.catch(() => events.push('the large query was stopped'));
          return 'nobody is there';
        },
        async who() {
          events.push('the neighbour waits');
          const reading = engine.small();
          asked.resolve();
          const found = await reading;
          events.push('the neighbour is answered');
          return found;
        },
      },
    });
    const leaving = new AbortController();
    const leaver = fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ slow }' }),
      signal: leaving.signal,
    }).catch(() => {});
    await begun.promise;
    const neighbour = post(running, '{ who }');
    await asked.promise;
    events.push('the caller hangs up');
    leaving.abort();
    expect((await neighbour).json.data).toEqual({ who: '7' });
    await leaver;
    expect(events).toEqual([
      'the large query has begun',
      'the neighbour waits',
      'the caller hangs up',
      'the large query was stopped',
      'the neighbour is answered',
    ]);
  });
});
