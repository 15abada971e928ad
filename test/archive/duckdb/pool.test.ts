import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool } from '../../../src/archive/duckdb/pool.ts';

// Hours of work, which nothing but an interruption ends.
const endless = (connection: DuckDBConnection) =>
  connection.run('SELECT sum(a.range * b.range % 7) FROM range(10000000) AS a, range(10000000) AS b');

let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
});
afterAll(() => instance.closeSync());

describe('a pool of connections', () => {
  test('stops what runs for somebody who has left, and lends the connection to the next', async () => {
    const pool = createPool([await instance.connect()]);
    const left = new AbortController();
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const reading = pool.use((connection) => {
      begun();
      return endless(connection);
    }, left.signal);
    const waiting = pool.use(endless, left.signal);
    const next = pool.use((connection) => connection.runAndReadAll('SELECT 7'));
    await running;
    left.abort();
    await expect(reading).rejects.toThrow(/interrupt/i);
    await expect(waiting).rejects.toThrow(/abort/i);
    expect((await next).getRows()).toEqual([[7]]);
    await pool.close();
  });

  test('stops what takes longer than it may', async () => {
    const pool = createPool([await instance.connect()], { limitMs: 20 });
    await expect(pool.use(endless)).rejects.toThrow(
      'it was stopped after 20 ms, the longest a read may take',
    );
    await pool.close();
  });
});
