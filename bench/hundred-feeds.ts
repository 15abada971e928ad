import { setTimeout as wait } from 'node:timers/promises';
import { createPostgresArchive } from '../src/archive/postgres/index.ts';
import { startPostgres } from '../test/archive/postgres-server.ts';
import type { Bench } from './result.ts';
import { betAt } from './rows.ts';

const FEEDS = 100;
const EVERY_MS = 3_000;
const SECONDS = 30;
const ROWS = 200;
const WINDOW_MS = 60_000;

/** Whether a hundred feeds with a commit every three seconds each are kept up with. */
export const hundredFeeds: Bench = async () => {
  const server = await startPostgres({ fsync: true });
  const archive = await createPostgresArchive({
    url: await server.createDatabase(),
    playerOf: (_, name) => name,
  });
  try {
    const start = Date.now();
    const lags: number[] = [];
    const feed = async (index: number) => {
      const first = start + (index * EVERY_MS) / FEEDS;
      const pending: Promise<unknown>[] = [];
      for (let turn = 0; turn < (SECONDS * 1_000) / EVERY_MS; turn += 1) {
        const due = first + turn * EVERY_MS;
        await wait(Math.max(0, due - Date.now()));
        const interval = { from: start + turn * WINDOW_MS, to: start + (turn + 1) * WINDOW_MS };
        const rows = Array.from({ length: ROWS }, (_, row) => ({
          ...betAt(row, ROWS, interval),
          key: `${turn}-${row}`,
        }));
        const account = `feed-${index}`;
        const commit = {
          account,
          provider: 'vertexplay',
          kind: 'BET',
          quarantined: [],
          rows,
          interval,
        } as const;
        pending.push(
          archive.commit({ ...commit, readAt: Date.now() }).then(() => lags.push(Date.now() - due)),
        );
      }
      await Promise.all(pending);
    };
    await Promise.all(Array.from({ length: FEEDS }, (_, index) => feed(index)));
    const worst = Math.max(...lags.slice(lags.length / 2));
    const middle = [...lags].sort((a, b) => a - b)[Math.floor(lags.length / 2)] ?? Number.NaN;
    return [
      {
        question: 'PostgreSQL: 100 feeds, a commit every 3 s each: the worst wait in the second half',
        figure: worst / 1_000,
        unit: 's',
        atMost: EVERY_MS / 1_000,
        detail: `${lags.length} commits of ${ROWS} rows in ${SECONDS} s, median wait ${middle} ms`,
      },
    ];
  } finally {
    await archive.close();
    await server.stop();
  }
};
