import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimal } from '../../../src/records/decimal.ts';
import { createBet, createCommit, createFailure, HOUR, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';

const day = 'from=2026-11-21&to=2026-11-22';

let harness: Harness;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countroom-test-'));
  harness = await openHarness({
    commits: [
      createCommit('vp-main', 'BET', [
        createBet('b1', NOON, {
          gameCode: 'say "hi",\r\nAnn\n',
          stake: decimal('12345678901234567890.000000000000000001'),
        }),
        createBet('b2', NOON - HOUR, { gameCode: '=1+1', roundId: '', odds: decimal('-1.50') }),
        createBet('b3', NOON - 2 * HOUR, { gameCode: '\\N', gameType: null }),
      ]),
      createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('s1', NOON)]),
    ],
  });
});
afterAll(async () => {
  await harness.close();
  await rm(folder, { recursive: true });
});

/** What DuckDB reads in a Parquet export: `table` stands for it in the statement. */
async function read(path: string, sql: string) {
  const response = await harness.get(path);
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'application/vnd.apache.parquet',
  ]);
  const file = join(folder, 'export.parquet');
  await writeFile(file, Buffer.from(await response.arrayBuffer()));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      sql.replace('table', `'${file}'`).replace('file', `'${file}'`),
    );
    return reader.getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('Parquet', () => {
  it('types decimals exactly, times in UTC, and packs with zstd', async () => {
    const [types] = await read(
      `/export/bets.parquet?${day}`,
      'SELECT typeof(stake) AS stake, typeof(settledAt) AS at, typeof(id) AS id FROM table LIMIT 1',
    );
    expect(types).toEqual({ stake: 'DECIMAL(38,18)', at: 'TIMESTAMP WITH TIME ZONE', id: 'VARCHAR' });
    const packed = await read(
      `/export/bets.parquet?${day}`,
      'SELECT DISTINCT compression FROM parquet_metadata(file)',
    );
    expect(packed).toEqual([{ compression: 'ZSTD' }]);
    const [failure] = await read(
      `/export/failures.parquet?${day}`,
      'SELECT typeof(statusCode) AS code, typeof(succeeded) AS flag, seqNo FROM table',
    );
    expect(failure).toEqual({ code: 'INTEGER', flag: 'BOOLEAN', seqNo: 's1' });
  });

  it('keeps every value as it is, unguarded, and tells an empty text from none', async () => {
    const columns = 'providerBetId,gameCode,gameType,roundId,stake,odds';
    const rows = await read(`/export/bets.parquet?${day}&columns=${columns}`, 'SELECT * FROM table');
    const base = { gameType: null, roundId: 'r1', stake: '10.000000000000000000', odds: null };
    expect(rows).toEqual([
      {
        ...base,
        providerBetId: 'b1',
        gameCode: 'say "hi",\r\nAnn\n',
        stake: '12345678901234567890.000000000000000001',
      },
      { ...base, providerBetId: 'b2', gameCode: '=1+1', roundId: '', odds: '-1.500000000000000000' },
      { ...base, providerBetId: 'b3', gameCode: '\\N' },
    ]);
    const millis = await read(
      `/export/bets.parquet?${day}&columns=settledAt`,
      'SELECT epoch_ms(settledAt) AS at FROM table LIMIT 1',
    );
    expect(millis).toEqual([{ at: String(NOON) }]);
  });

  it('keeps a row whose only cell is null', async () => {
    const rows = await read(
      `/export/bets.parquet?${day}&columns=gameType`,
      'SELECT count(*)::INTEGER AS n FROM table',
    );
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('has its types when it has no row', async () => {
    const path = '/export/transfers.parquet?from=2026-11-21&to=2026-11-22';
    expect(await read(path, 'SELECT * FROM table')).toEqual([]);
    const described = await read(
      path,
      "SELECT column_type FROM (DESCRIBE FROM table) WHERE column_name = 'amount'",
    );
    expect(described).toEqual([{ column_type: 'DECIMAL(38,18)' }]);
  });
});
