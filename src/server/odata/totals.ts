import type { RequestContext } from '../../graph/context.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { playersAsked, visibleAccounts } from '../../graph/selection/scope.ts';
import { sumAmounts } from '../../graph/totals/amounts.ts';
import { grossGamingRevenueOf } from '../../graph/totals/money.ts';
import { createPeriodGrid } from '../../records/period.ts';
import { LATEST, takeBounds } from './bounds.ts';
import type { NamedRow } from './evaluate.ts';
import type { Expression } from './expression.ts';

const sums = sumAmounts('BET');

/** Totals of bets by UTC day, account and currency, newest day first; bounds on `day` reach the archive. */
export async function readTotals(
  context: RequestContext,
  filter: Expression | null,
): Promise<readonly NamedRow[]> {
  const { range } = takeBounds(filter, 'day');
  if (range !== null && range.from >= range.to) return [];
  const rows = await context.deps.archive.totals({
    kind: 'BET',
    accounts: visibleAccounts(context).map(({ id }) => id),
    range,
    axis: 'SETTLED',
    players: await playersAsked(context, null),
    where: null,
    groupBy: ['PROVIDER', 'ACCOUNT', 'CURRENCY'],
    periods: createPeriodGrid('DAY', 'UTC', range ?? { from: 0, to: LATEST }, 0),
    countPlayers: true,
    countRounds: false,
  });
  const named = rows.map(
    (row): NamedRow => ({
      day: new Date(row.period!.from).toISOString().slice(0, 10),
      account: row.account,
      provider: spellProvider(row.provider!),
      currency: row.currency,
      betCount: row.count,
      playerCount: row.playerCount,
      ...Object.fromEntries(sums.map(({ name, of }) => [name, of(row)])),
      grossGamingRevenue: grossGamingRevenueOf(row),
    }),
  );
  return named.sort(byDay);
}

function byDay(a: NamedRow, b: NamedRow): number {
  const order = (name: string) =>
    String(a[name]) < String(b[name]) ? -1 : String(a[name]) > String(b[name]) ? 1 : 0;
  return -order('day') || order('account') || order('currency');
}
