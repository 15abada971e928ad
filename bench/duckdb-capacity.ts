import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import type { Bench } from './result.ts';
import { betAt, fillArchive } from './rows.ts';

const DAY_MS = 86_400_000;
const WINDOW_MS = 60_000;
const NOW = Date.UTC(2026, 10, 1);
const RANGE = { from: NOW - 90 * DAY_MS, to: NOW };
const HELD = 1_000_000;
const FEEDS = 100;
const TURNS = 10;
const ROWS = 200;

/** How much one machine's archive takes in: rows by large commits, and small commits of many feeds at once. */
export const duckDbCapacity: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countroom-bench-'));
  const archive = await createDuckDbArchive({ path: join(folder, 'a.duckdb'), playerOf: (_, name) => name });
  try {
    const filling = performance.now();
    await fillArchive(archive, 'a', HELD, RANGE);
    const rowsASecond = HELD / ((performance.now() - filling) / 1_000);

    const committing = performance.now();
    for (let turn = 0; turn < TURNS; turn += 1) {
      const interval = { from: NOW + turn * WINDOW_MS, to: NOW + (turn + 1) * WINDOW_MS };
      const rows = Array.from({ length: ROWS }, (_, row) => ({
        ...betAt(row, ROWS, interval),
        key: `${turn}-${row}`,
      }));
      await Promise.all(
        Array.from({ length: FEEDS }, (_, index) => {
          const feed = { account: `feed-${index}`, provider: 'vertexplay', kind: 'BET' } as const;
          return archive.commit({ ...feed, quarantined: [], rows, interval, readAt: NOW + DAY_MS });
        }),
      );
    }
    const commitsASecond = (FEEDS * TURNS) / ((performance.now() - committing) / 1_000);
    return [
      {
        question: 'DuckDB: a million rows in commits of 20,000',
        figure: HELD / rowsASecond,
        unit: 's',
        atMost: 200,
        detail: `${Math.round(rowsASecond)} rows/s`,
      },
      {
        question: 'DuckDB: 100 feeds commit 200 rows each at once, into a million rows: time a round',
        figure: FEEDS / commitsASecond,
        unit: 's',
        atMost: 10,
        detail: `${commitsASecond.toFixed(1)} commits/s, ${Math.round(commitsASecond * ROWS)} rows/s`,
      },
    ];
  } finally {
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  }
};
