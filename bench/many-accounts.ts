import type { KeptArchive } from '../src/archive/admin.ts';
import { createDuckDbArchive } from '../src/archive/duckdb/index.ts';
import type { PageQuery } from '../src/records/query.ts';
import { betAt, fillArchive } from './rows.ts';

const ACCOUNTS = 20;
const ROWS_EACH = 8_000;
const DAY_MS = 86_400_000;

export const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) + 20 * DAY_MS };
export const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `account-${index}`);

/** A bet that is archived in every account. */
export function sampleBet(index: number) {
  return betAt(index, ROWS_EACH, range);
}

/** Runs a bench on an archive in memory that holds the same bets in each of 20 accounts. */
export async function withManyAccounts<T>(bench: (archive: KeptArchive) => Promise<T>): Promise<T> {
  const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_, username) => username });
  try {
    for (const account of accounts) await fillArchive(archive, account, ROWS_EACH, range);
    return await bench(archive);
  } finally {
    await archive.close();
  }
}

/** A page of 20 bets with twelve columns, as a list in a frontend asks for it. */
export function listPage(over: Partial<PageQuery> = {}): PageQuery & { readonly kind: 'BET' } {
  return {
    kind: 'BET',
    accounts,
    range,
    axis: 'SETTLED',
    players: null,
    where: null,
    limit: 21,
    end: 'first',
    after: null,
    before: null,
    columns: [
      'gameCode',
      'gameType',
      'roundId',
      'currency',
      'stake',
      'payout',
      'netWin',
      'status',
      'settledAt',
    ],
    ...over,
  } as PageQuery & { readonly kind: 'BET' };
}
