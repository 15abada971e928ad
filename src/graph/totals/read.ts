import type { GraphQLResolveInfo } from 'graphql';
import type { Dimension, TotalsRow } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { type Coverage, toCoverage } from '../coverage/type.ts';
import { checkSize } from '../lists/page-args.ts';
import { checkMaxWait } from '../selection/checks.ts';
import { selects } from '../selection/fields-asked.ts';
import { coverSelection, type Selection } from '../selection/scope.ts';
import { type Figure, type Figures, orderRows, orderRowsBy } from './order.ts';
import { type Period, toGrouping, toPeriod } from './period.ts';
import { loadTotals } from './totals-loader.ts';
import type { TotalsAsk } from './type.ts';

/** Behind a row of totals: dimensions and counts, and the archive's row for the resolvers of money. */
export type TotalsRowSource<K extends RecordKind> = Omit<TotalsRow<K>, 'period'> & {
  readonly record: TotalsRow<K>;
  readonly period: Period | null;
  /** Selected fields of money, by their key in the answer, that were refused already in these totals. */
  readonly refused: Set<string | number>;
};

/** Behind a kind's totals. */
export interface TotalsSource<K extends RecordKind> {
  readonly rows: readonly TotalsRowSource<K>[];
  readonly coverage: Coverage;
}

export interface TotalsReaderOptions<K extends RecordKind, Filter, Measure extends string> {
  readonly kind: K;
  /** What a filter selects; throws a BadUserInputError for what cannot be. */
  readonly select: (context: RequestContext, filter: Filter) => Promise<Selection<K>>;
  readonly figures: Figures<K, Measure>;
}

/** Reads totals of one kind over what a filter selects; throws a BadUserInputError before anything is called. */
export function createTotalsReader<K extends RecordKind, Filter, Measure extends string>({
  kind,
  select,
  figures,
}: TotalsReaderOptions<K, Filter, Measure>) {
  return async (
    context: RequestContext,
    filter: Filter,
    args: TotalsAsk<Dimension, Measure>,
    info: GraphQLResolveInfo,
  ): Promise<TotalsSource<K>> => {
    const maxWaitMs = checkMaxWait(args.maxWait);
    const most = checkSize('first', args.first ?? 0);
    const selection = await select(context, filter);
    const { groupBy, periods } = toGrouping(args, selection.query.range);
    const wants = (name: string) => args.orderBy?.by === name || selects(info, ['rows', name]);
    const sums = Object.entries<Figure<TotalsRow<K>>>(figures).flatMap(([name, figure]) =>
      wants(name) ? figure.sums : [],
    );

    const { coverage } = await coverSelection(context, selection, maxWaitMs);
    const found = await loadTotals(context, {
      ...selection.query,
      groupBy,
      periods,
      countPlayers: wants('playerCount'),
      countRounds: wants('roundCount'),
      sums,
    });
    // In the order of the names shown: the order of the real names would reveal something about them.
    const ordered = orderRows(kind, withShownPlayers(context, found), args.groupBy);
    const rows = args.orderBy ? orderRowsBy(ordered, args.orderBy, figures) : ordered;
    const kept = args.first === null || args.first === undefined ? rows : rows.slice(0, most);
    const refused = new Set<string | number>();
    return {
      rows: kept.map((record) => ({ ...record, record, refused, period: toPeriod(periods, record.period) })),
      coverage: toCoverage(coverage),
    };
  };
}

/** Rows with their players named as the viewer may see them. */
export function withShownPlayers<Row extends TotalsRow>(
  { players, viewer }: RequestContext,
  rows: readonly Row[],
): readonly Row[] {
  if (viewer.readsPlayers) return rows;
  return rows.map((row) => (row.player === null ? row : { ...row, player: players.shownPlayer(row.player) }));
}
