import type { FeedAge } from '../src/archive/archive.ts';
import { cpuOfEach } from './cpu.ts';
import { accounts, listPage, range, withManyAccounts } from './many-accounts.ts';
import type { Bench } from './result.ts';

const MANY = 50;
const DAY_MS = 86_400_000;

/** Ten bets of each of 50 players at once, and the coverage of 20 feeds, against what a page costs: CPU of all threads. */
export const manyPlayers: Bench = () =>
  withManyAccounts(async (archive) => {
    const players = Array.from({ length: MANY }, (_, at) => `player${at * 31}`);
    const feeds = accounts.map(
      (account): FeedAge => ({ account, kind: 'BET', settlementLag: 60_000, finalAfter: DAY_MS }),
    );
    const ten = { ...listPage(), limit: 11 };
    const costs = await cpuOfEach({
      page: () => archive.page(listPage()),
      thousand: () => archive.page(listPage({ limit: 1_000 })),
      whole: () => archive.page({ ...listPage({ limit: 1_000 }), columns: undefined }),
      players: () => archive.playerPages({ ...ten, players }),
      coverage: () => archive.coverage(feeds, range),
    });
    const detail = Object.entries(costs)
      .map(([name, cost]) => `${name} ${cost.toFixed(1)} ms`)
      .join(', ');
    return [
      {
        question: `10 bets of each of ${MANY} players, against a page of 1,000 (DuckDB, CPU)`,
        figure: costs.players / costs.thousand,
        unit: '×',
        atMost: 4,
        detail,
      },
      {
        question: 'a page of 1,000 bets in twelve columns, against one in all of them (DuckDB, CPU)',
        figure: costs.thousand / costs.whole,
        unit: '×',
        atMost: 0.8,
        detail,
      },
      {
        question: 'coverage of 20 feeds that is in memory, against a page of 20 (DuckDB, CPU)',
        figure: costs.coverage / costs.page,
        unit: '×',
        atMost: 0.5,
        detail,
      },
    ];
  });
