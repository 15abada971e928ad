import { BadUserInputError } from '../../errors.ts';
import { type Decimal, decimal, negate, sign, sum } from '../../records/decimal.ts';
import type { Dimension, TotalsRow } from '../../records/query.ts';
import { BetMeasureEnum } from '../enums.ts';
import type { BetTotalsOrder, Measure } from './args.ts';
import { grossGamingRevenueOf, holdOf, returnToPlayerOf, sumOf } from './money.ts';

type RowField = Exclude<keyof TotalsRow, 'period' | 'sums' | 'currencies'>;

const fieldOf: Partial<Readonly<Record<Dimension, RowField>>> = {
  PROVIDER: 'provider',
  ACCOUNT: 'account',
  CURRENCY: 'currency',
  GAME: 'gameCode',
  GAME_TYPE: 'gameType',
  BET_TYPE: 'betType',
  PLAYER: 'player',
  STATUS: 'status',
  OUTCOME: 'outcome',
};

/** Rows by period, oldest first, then by the dimensions as listed; an absent value comes first. */
export function orderRows(rows: readonly TotalsRow[], groupBy: readonly Dimension[]): TotalsRow[] {
  const fields = groupBy.map((dimension) => fieldOf[dimension]).filter((field) => field !== undefined);
  return [...rows].sort((a, b) => {
    const byPeriod = (a.period?.from ?? 0) - (b.period?.from ?? 0);
    if (byPeriod !== 0) return byPeriod;
    return fields.map((field) => compareTexts(a[field], b[field])).find((order) => order !== 0) ?? 0;
  });
}

/** Rows by a figure; rows without it last, equals as they were. Money of several currencies is a BadUserInputError. */
export function orderRowsBy(rows: readonly TotalsRow[], { by, direction }: BetTotalsOrder): TotalsRow[] {
  if (!isCount(by)) checkOneCurrency(rows, by);
  const ranked = rows.map((row) => ({ row, figure: figureOf(row, by) }));
  const turn = direction === 'ASC' ? 1 : -1;
  ranked.sort(({ figure: a }, { figure: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return turn * sign(sum(a, negate(b)));
  });
  return ranked.map(({ row }) => row);
}

function isCount(measure: Measure): boolean {
  return measure === 'betCount' || measure === 'playerCount' || measure === 'roundCount';
}

function checkOneCurrency(rows: readonly TotalsRow[], by: Measure): void {
  const currencies = [...new Set(rows.flatMap((row) => row.currencies))].sort();
  if (currencies.length <= 1) return;
  const [name] = Object.entries(BetMeasureEnum).find(([, measure]) => measure === by) ?? [by];
  throw new BadUserInputError(
    `orderBy: expected rows of one currency to order by ${name}; filter one; found ${currencies.join(', ')}`,
  );
}

function figureOf(row: TotalsRow, by: Measure): Decimal | null {
  switch (by) {
    case 'betCount':
      return decimal(String(row.count));
    case 'playerCount':
      return decimal(String(row.playerCount));
    case 'roundCount':
      return decimal(String(row.roundCount));
    case 'grossGamingRevenue':
      return grossGamingRevenueOf(row);
    case 'returnToPlayer':
      return returnToPlayerOf(row);
    case 'hold':
      return holdOf(row);
    default:
      return sumOf(row, by);
  }
}

function compareTexts(a: TotalsRow[RowField], b: TotalsRow[RowField]): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
