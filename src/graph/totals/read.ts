import type { GraphQLResolveInfo } from 'graphql';
import { BadUserInputError } from '../../errors.ts';
import type { Interval } from '../../records/interval.ts';
import { createPeriodGrid, labelOf, type PeriodGrid, type PeriodUnit } from '../../records/period.ts';
import type { Dimension, TotalsQuery, TotalsRow } from '../../records/query.ts';
import { type BetFilter, selectBets } from '../bet/filter.ts';
import type { RequestContext } from '../context.ts';
import { type Coverage, toCoverage } from '../coverage/type.ts';
import { checkMaxWait, checkTimeOfDay, checkTimeZone } from '../input.ts';
import { checkSize } from '../page-args.ts';
import { coverSelection } from '../scope.ts';
import { selects } from '../selection.ts';
import type { Measure, TotalsArgs } from './args.ts';
import { orderRows, orderRowsBy } from './order.ts';
import type { Period } from './type.ts';

type Grouping = Pick<TotalsQuery, 'groupBy' | 'periods'>;

/** Behind `BetTotalsRow`: its dimensions and counts, and the archive's row for the resolvers of money. */
export interface TotalsRowSource
  extends Pick<
    TotalsRow,
    | 'provider'
    | 'account'
    | 'currency'
    | 'gameCode'
    | 'gameType'
    | 'betType'
    | 'player'
    | 'status'
    | 'outcome'
  > {
  readonly record: TotalsRow;
  readonly period: Period | null;
  readonly betCount: number;
  /** Null where nobody asked. */
  readonly playerCount: number | null;
  readonly roundCount: number | null;
}

/** Behind `BetTotals`. */
export interface TotalsSource {
  readonly rows: readonly TotalsRowSource[];
  readonly coverage: Coverage;
}

/** Totals over what a filter selects; throws a BadUserInputError before anything is called. */
export async function readBetTotals(
  context: RequestContext,
  filter: BetFilter,
  args: TotalsArgs,
  info: GraphQLResolveInfo,
): Promise<TotalsSource> {
  const maxWaitMs = checkMaxWait(args.maxWait);
  const most = checkSize('first', args.first ?? 0);
  const selection = await selectBets(context, filter);
  const { groupBy, periods } = toGrouping(args, selection.query.range);
  const wants = (measure: Measure) => args.orderBy?.by === measure || selects(info, ['rows', measure]);

  const { coverage } = await coverSelection(context, selection, maxWaitMs);
  const found = await context.deps.archive.totals({
    ...selection.query,
    groupBy,
    periods,
    countPlayers: wants('playerCount'),
    countRounds: wants('roundCount'),
  });
  // In the order of the names that are shown: that of the real ones would tell something of them.
  const ordered = orderRows(withShownPlayers(context, found), args.groupBy);
  const rows = args.orderBy ? orderRowsBy(ordered, args.orderBy) : ordered;
  const kept = args.first === null || args.first === undefined ? rows : rows.slice(0, most);
  return { rows: kept.map((row) => toRow(row, periods)), coverage: toCoverage(coverage) };
}

function toGrouping({ groupBy, timeZone, dayStartsAt }: TotalsArgs, range: Interval): Grouping {
  const zone = checkTimeZone(timeZone);
  const dayStartsAtMs = checkTimeOfDay('dayStartsAt', dayStartsAt);
  const units = [...new Set(groupBy.filter(isPeriodUnit))];
  if (units.length > 1) {
    throw new BadUserInputError(
      `groupBy: expected at most one of HOUR, DAY, WEEK and MONTH, got ${units.join(', ')}`,
    );
  }
  const [unit] = units;
  return {
    groupBy: [...new Set(groupBy.filter((dimension) => !isPeriodUnit(dimension)))] as Grouping['groupBy'],
    periods:
      unit === undefined ? null : createPeriodGrid(unit, zone, range, unit === 'HOUR' ? 0 : dayStartsAtMs),
  };
}

function isPeriodUnit(dimension: Dimension): dimension is PeriodUnit {
  return dimension === 'HOUR' || dimension === 'DAY' || dimension === 'WEEK' || dimension === 'MONTH';
}

function withShownPlayers({ players }: RequestContext, rows: readonly TotalsRow[]): readonly TotalsRow[] {
  return rows.map((row) => {
    const player = row.player === null ? null : players.shownPlayer(row.player);
    return player === row.player ? row : { ...row, player };
  });
}

/** A row whose money fields are left to their resolvers. */
function toRow(record: TotalsRow, periods: PeriodGrid | null): TotalsRowSource {
  return {
    record,
    period: periods === null || record.period === null ? null : toPeriod(periods, record.period),
    provider: record.provider,
    account: record.account,
    currency: record.currency,
    gameCode: record.gameCode,
    gameType: record.gameType,
    betType: record.betType,
    player: record.player,
    status: record.status,
    outcome: record.outcome,
    betCount: record.count,
    playerCount: record.playerCount,
    roundCount: record.roundCount,
  };
}

function toPeriod(grid: PeriodGrid, period: Interval): Period {
  return { start: period.from, end: period.to, label: labelOf(grid, period) };
}
