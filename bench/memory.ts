import { startPostgres } from '../test/archive/postgres-server.ts';
import { residentMb, startGateway } from './gateway.ts';
import type { Bench, Result } from './result.ts';

const ROWS = Number(process.env['BENCH_BACKFILL_ROWS'] ?? 2_000_000);
const ROWS_A_MINUTE = 1_900;
const WINDOW_MS = 600_000;

async function backfilled(engine: string, archiveUrl: string | undefined, atMost: number): Promise<Result> {
  const names = ['vertexplay'] as const;
  const gateway = await startGateway({ names, minIntervalMs: 0, archiveUrl, rowsPerMinute: ROWS_A_MINUTE });
  try {
    const to = Math.floor((Date.now() - 3_600_000) / WINDOW_MS) * WINDOW_MS;
    const from = to - Math.ceil(ROWS / ROWS_A_MINUTE) * 60_000;
    const span = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()];
    const startedAt = performance.now();
    // On DuckDB the backfill works through the process that serves, on PostgreSQL it does so by itself.
    const own = await gateway.run('backfill', ...span);
    const peak = archiveUrl === undefined ? await residentMb(gateway.pid) : own;
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      question: `${engine}: peak resident memory through a backfill of ${ROWS / 1e6} M rows`,
      figure: peak,
      unit: 'MB',
      atMost,
      detail: `${seconds.toFixed(0)} s, ${Math.round(ROWS / seconds)} rows/s, provider without an interval`,
    };
  } finally {
    await gateway.close();
  }
}

/** How much memory a long backfill takes. */
export const memory: Bench = async () => {
  const postgres = await startPostgres();
  try {
    const shared = await backfilled('PostgreSQL', await postgres.createDatabase(), 400);
    return [shared, await backfilled('DuckDB', undefined, 1_200)];
  } finally {
    await postgres.stop();
  }
};
