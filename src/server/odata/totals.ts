import type { RequestContext } from '../../graph/context.ts';
import { playersAsked, visibleAccounts } from '../../graph/scope.ts';
import { amountOf, grossGamingRevenueOf, sumOf } from '../../graph/totals/money.ts';
import { createPeriodGrid } from '../../records/period.ts';
import type { TotalsRow } from '../../records/query.ts';
import { LATEST, takeBounds } from './bounds.ts';
import type { Expression } from './expression.ts';
import type { NamedRow } from './matches.ts';

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
  return rows.map(toNamedRow).sort(byDay);
}

function toNamedRow(row: TotalsRow): NamedRow {
  return {
    day: new Date(row.period!.from).toISOString().slice(0, 10),
    account: row.account,
    provider: row.provider!.toUpperCase(),
    currency: row.currency,
    betCount: row.count,
    playerCount: row.playerCount,
    stake: amountOf(row, 'stake'),
    validStake: sumOf(row, 'validStake'),
    payout: amountOf(row, 'payout'),
    netWin: amountOf(row, 'netWin'),
    refund: amountOf(row, 'refund'),
    jackpotWin: amountOf(row, 'jackpotWin'),
    jackpotContribution: amountOf(row, 'jackpotContribution'),
    rebate: amountOf(row, 'rebate'),
    grossGamingRevenue: grossGamingRevenueOf(row),
  };
}

function byDay(a: NamedRow, b: NamedRow): number {
  const [left, right] = [a, b].map(({ day, account, currency }) => `${account} ${currency} ${day}`) as [
    string,
    string,
  ];
  if (a['day'] !== b['day']) return String(a['day']) > String(b['day']) ? -1 : 1;
  return left < right ? -1 : 1;
}
