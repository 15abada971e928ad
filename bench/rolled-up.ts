import { postgresDialect } from '../src/archive/postgres/dialect.ts';
import { createPostgresArchive } from '../src/archive/postgres/index.ts';
import { totalsStatement } from '../src/archive/sql/totals.ts';
import { startPostgres } from '../test/archive/postgres-server.ts';
import { openDatabase } from './database.ts';
import { type Bench, median } from './result.ts';
import { fillArchive } from './rows.ts';

const ROWS = 500_000;
const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 1);
const RANGE = { from: NOW - 90 * DAY_MS, to: NOW };

/** What totals over 90 days cost from the roll-ups beside the same from the rows. */
export const rolledUp: Bench = async () => {
  const server = await startPostgres();
  const url = await server.createDatabase();
  const archive = await createPostgresArchive({ url, playerOf: (_, name) => name });
  const database = openDatabase(url);
  try {
    await fillArchive(archive, 'a', ROWS, RANGE);
    await server.run('VACUUM ANALYZE', url);
    const query = {
      ...({
        kind: 'BET',
        accounts: ['a'],
        range: RANGE,
        axis: 'SETTLED',
        players: null,
        where: null,
      } as const),
      ...({ groupBy: ['ACCOUNT', 'CURRENCY', 'GAME_TYPE'], periods: null } as const),
      ...{ countPlayers: false, countRounds: false },
    };
    const statement = totalsStatement(postgresDialect, query, false);
    const times = { rolled: [] as number[], rows: [] as number[] };
    for (let round = 0; round < 5; round += 1) {
      const startedAt = performance.now();
      await archive.totals(query);
      const between = performance.now();
      await database.read(statement);
      times.rolled.push(between - startedAt);
      times.rows.push(performance.now() - between);
    }
    const [rolled, rows] = [median(times.rolled), median(times.rows)];
    return [
      {
        question: 'PostgreSQL: totals over 90 days from roll-ups, against the same from rows',
        figure: rolled / rows,
        unit: '×',
        atMost: 0.05,
        detail: `${rolled.toFixed(1)} ms against ${rows.toFixed(0)} ms over ${ROWS / 1e6} M rows, medians of 5`,
      },
    ];
  } finally {
    await archive.close();
    await database.close();
    await server.stop();
  }
};
