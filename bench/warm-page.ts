import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { duckDbDialect } from '../src/archive/duckdb/dialect.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import { toDuckDb } from '../src/archive/duckdb/values.ts';
import { pageStatement } from '../src/archive/sql/rows.ts';
import { rangeText, startGateway } from './gateway.ts';
import { type Bench, median } from './result.ts';
import { fillArchive } from './rows.ts';

const ROWS = 1_000_000;
const PAGE = 500;
const RUNS = 25;
const DAY_MS = 86_400_000;

async function time(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

async function medianOf(run: () => Promise<unknown>): Promise<number> {
  for (let warm = 0; warm < 5; warm += 1) await run();
  const times: number[] = [];
  for (let index = 0; index < RUNS; index += 1) times.push(await time(run));
  return median(times);
}

/** A page of 500 bets over HTTP from an archive of a million rows, against the query it runs on DuckDB alone. */
export const warmPage: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  try {
    const path = join(folder, 'archive.duckdb');
    const account = 'vertexplay-bench';
    const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) + 30 * DAY_MS };
    const archive = await createDuckDbArchive({ path, playerOf: (_, username) => username });
    await fillArchive(archive, account, ROWS, range);
    await archive.close();

    const statement = pageStatement(duckDbDialect, {
      kind: 'BET',
      accounts: [account],
      range,
      axis: 'SETTLED',
      players: null,
      where: null,
      limit: PAGE + 1,
      end: 'first',
      after: null,
      before: null,
    });
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    // As the archive sets it: the peer is the same query with the same help.
    await connection.run('SET GLOBAL late_materialization_max_rows = 2000');
    const bare = await medianOf(async () => {
      const result = await connection.run(statement.text, statement.values.map(toDuckDb));
      return result.fetchAllChunks();
    });
    connection.closeSync();
    instance.closeSync();

    const gateway = await startGateway({
      names: ['vertexplay'],
      minIntervalMs: 200,
      archiveUrl: `duckdb:${path}`,
    });
    try {
      const query = `{ bets(filter: { range: ${rangeText(range.from, range.to)} }, first: ${PAGE}) {
        nodes { id providerBetId providerUsername player { username } gameCode gameType roundId currency
          stake validStake payout netWin status outcome placedAt settledAt archivedAt }
        pageInfo { hasNextPage endCursor } coverage { complete final } } }`;
      const page = await medianOf(() => gateway.ask(query));
      return [
        {
          question: 'a page of 500 bets from 1M rows over HTTP, against its DuckDB query',
          figure: page / bare,
          unit: '×',
          atMost: 3,
          detail: `medians of ${RUNS}: ${page.toFixed(1)} ms and ${bare.toFixed(1)} ms`,
        },
      ];
    } finally {
      await gateway.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
