import type { PageQuery } from '../src/records/query.ts';
import { cpuOfEach } from './cpu.ts';
import { accounts, listPage, sampleBet, withManyAccounts } from './many-accounts.ts';
import type { Bench } from './result.ts';

const COUNTS = [1, 5, 20, 200] as const;

/** Values of a list, the first of which is the same bet's at any length. */
const lists: Readonly<Record<string, (count: number) => Partial<PageQuery>>> = {
  accounts: (count) => ({ accounts: values(count, (at) => accounts[at] ?? `no-account-${at}`) }),
  games: (count) =>
    whereIn(
      'gameCode',
      values(count, (at) => `VP_${at}`),
    ),
  players: (count) => ({ players: values(count, (at) => `player${at * 31}`) }),
  'round ids': (count) =>
    whereIn(
      'roundId',
      values(count, (at) => String(at + 7_000)),
    ),
  'bet ids': (count) =>
    whereIn(
      'key',
      values(count, (at) => sampleBet(at + 7_000).key),
    ),
};

function values(count: number, of: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => of(at));
}

function whereIn(column: string, wanted: readonly string[]): Partial<PageQuery> {
  return { where: { op: 'in', column, values: wanted } };
}

/** What a page of 20 costs as lists of values grow, against one value: CPU of all threads. */
export const cliff: Bench = () =>
  withManyAccounts(async (archive) => {
    const results = [];
    for (const [name, over] of Object.entries(lists)) {
      const works = COUNTS.map((count) => [count, () => archive.page(listPage(over(count)))] as const);
      const costs = await cpuOfEach(Object.fromEntries(works));
      const [one = Number.NaN, ...more] = COUNTS.map((count) => costs[count] ?? Number.NaN);
      results.push({
        question: `a page of 20 bets of up to 200 ${name}, against one (DuckDB, CPU)`,
        figure: Math.max(...more) / one,
        unit: '×',
        atMost: 3,
        detail: COUNTS.map((count) => `${count}: ${(costs[count] ?? Number.NaN).toFixed(1)} ms`).join(', '),
      });
    }
    return results;
  });
