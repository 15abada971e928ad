import type { RequestContext } from '../../graph/context.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import { coverSelection, feedsOf, visibleAccounts } from '../../graph/selection/scope.ts';
import { type Amount, sumAmounts } from '../../graph/totals/amounts.ts';
import { grossGamingRevenueOf, holdOf, returnToPlayerOf } from '../../graph/totals/money.ts';
import { orderRows } from '../../graph/totals/order.ts';
import { toGrouping } from '../../graph/totals/period.ts';
import { withShownPlayers } from '../../graph/totals/read.ts';
import type { FeedCoverage } from '../../records/coverage.ts';
import { fromUnits } from '../../records/decimal.ts';
import type { Interval } from '../../records/interval.ts';
import { labelOf, type PeriodUnit } from '../../records/period.ts';
import { type Dimension, groupFields, type RowQuery, type TotalsRow } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { FlatValue } from './flat-row.ts';

/** A column of flat totals. */
export interface TotalsColumn {
  readonly name: string;
  readonly type: 'text' | 'date' | 'int' | 'count' | 'bool' | 'decimal' | 'time';
  /** The dimension it is; null for figures. */
  readonly dimension: Dimension | null;
}

export const periodColumns: Readonly<Record<string, PeriodUnit>> = {
  hour: 'HOUR',
  day: 'DAY',
  week: 'WEEK',
  month: 'MONTH',
};

const counts: Readonly<Record<RecordKind, Readonly<Record<string, (row: TotalsRow) => number | null>>>> = {
  BET: {
    betCount: (row) => row.count,
    playerCount: (row) => row.playerCount,
    roundCount: (row) => ('roundCount' in row ? row.roundCount : null),
  },
  TRANSFER: { transferCount: (row) => row.count, playerCount: (row) => row.playerCount },
  SEQ_NO_FAILURE: {
    count: (row) => row.count,
    failedCount: (row) => ('failedCount' in row ? row.failedCount : null),
    playerCount: (row) => row.playerCount,
  },
};

type Money = Pick<Amount<RecordKind>, 'name' | 'of'>;
const byDirection = (name: 'deposits' | 'withdrawals'): Money => ({
  name,
  of: (row) => ('deposits' in row.sums ? row.sums[name] : null) ?? fromUnits(0n, 0),
});
// Each is given rows of its own kind alone.
const amounts = {
  BET: [
    ...sumAmounts('BET'),
    { name: 'grossGamingRevenue', of: grossGamingRevenueOf },
    { name: 'returnToPlayer', of: returnToPlayerOf },
    { name: 'hold', of: holdOf },
  ],
  TRANSFER: [...sumAmounts('TRANSFER'), byDirection('deposits'), byDirection('withdrawals')],
  SEQ_NO_FAILURE: [],
} as unknown as Readonly<Record<RecordKind, readonly Money[]>>;

function columnsOf(kind: RecordKind): readonly TotalsColumn[] {
  const figure = (name: string, type: TotalsColumn['type']): TotalsColumn => ({
    name,
    type,
    dimension: null,
  });
  const periods = Object.entries(periodColumns).map(
    ([name, dimension]): TotalsColumn => ({ name, type: name === 'day' ? 'date' : 'text', dimension }),
  );
  const others = Object.entries<string>(groupFields[kind]).map(
    ([dimension, name]): TotalsColumn => ({
      name,
      type: name === 'statusCode' ? 'int' : name === 'succeeded' ? 'bool' : 'text',
      dimension: dimension as Dimension,
    }),
  );
  return [
    ...periods,
    ...others,
    ...Object.keys(counts[kind]).map((name) => figure(name, 'count')),
    ...amounts[kind].map(({ name }) => figure(name, 'decimal')),
    figure('complete', 'bool'),
    figure('finalUntil', 'time'),
  ];
}

/** Every column of a kind's flat totals: dimensions, counts, sums, and whether a row may still change. */
export const totalsColumns: Readonly<Record<RecordKind, readonly TotalsColumn[]>> = {
  BET: columnsOf('BET'),
  TRANSFER: columnsOf('TRANSFER'),
  SEQ_NO_FAILURE: columnsOf('SEQ_NO_FAILURE'),
};

export interface TotalsTableAsk {
  readonly groupBy: readonly Dimension[];
  readonly timeZone: string | null;
  readonly dayStartsAt: string | null;
  /** The names of the columns that are looked at. */
  readonly columns: ReadonlySet<string>;
  /** Puts rows in another order, or leaves some away. @default by period, oldest first, then by the dimensions */
  readonly arrange?: (rows: readonly TotalsRow[]) => readonly TotalsRow[];
}

/**
 * Totals of a query's rows by column name; what was not grouped by is null, and so is money of several currencies.
 * `complete` says whether all of a row's time was read, `finalUntil` up to where it can no longer change.
 */
export async function readTotalsTable(
  context: RequestContext,
  query: RowQuery & { readonly kind: RecordKind; readonly range: Interval },
  { groupBy, timeZone, dayStartsAt, columns, arrange = (rows) => rows }: TotalsTableAsk,
): Promise<readonly Readonly<Record<string, FlatValue>>[]> {
  const { kind, range } = query;
  const { groupBy: fields, periods } = toGrouping({ groupBy, timeZone, dayStartsAt }, range);
  const totals = await context.deps.archive.totals({
    ...query,
    groupBy: fields,
    periods,
    countPlayers: columns.has('playerCount'),
    countRounds: columns.has('roundCount'),
  });
  const found = arrange(orderRows(kind, withShownPlayers(context, totals), groupBy));
  const isTold = columns.has('complete') || columns.has('finalUntil');
  const finality = isTold ? await readFinality(context, query, found) : null;
  const unit = Object.keys(periodColumns).find((name) => periodColumns[name] === periods?.unit);
  return found.map((row) => {
    const mixed = row.currencies.length > 1;
    const named: Readonly<Record<string, unknown>> = { ...row };
    return {
      ...Object.fromEntries(Object.keys(periodColumns).map((name) => [name, null])),
      ...Object.fromEntries(Object.values(groupFields[kind]).map((name) => [name, named[name] as FlatValue])),
      ...(unit !== undefined && { [unit]: labelOf(periods!, row.period!) }),
      provider: row.provider === null ? null : spellProvider(row.provider),
      ...Object.fromEntries(Object.entries(counts[kind]).map(([name, of]) => [name, of(row)])),
      ...Object.fromEntries(amounts[kind].map(({ name, of }) => [name, mixed ? null : of(row as never)])),
      ...finality?.(row),
    };
  });
}

/** Says of a row whether its feeds were read over all of its time, and up to where they are final. */
async function readFinality(
  context: RequestContext,
  query: RowQuery & { readonly range: Interval },
  rows: readonly TotalsRow[],
): Promise<(row: TotalsRow) => { readonly complete: boolean; readonly finalUntil: number | null }> {
  const { kind, range, accounts } = query;
  const visible = visibleAccounts(context).filter(({ id }) => accounts.includes(id));
  const feeds = feedsOf(context, visible, kind);
  const spanOf = ({ period }: TotalsRow): Interval =>
    period === null ? range : { from: Math.max(period.from, range.from), to: Math.min(period.to, range.to) };
  const spans = new Map(rows.map((row) => [spanOf(row).from, spanOf(row)]));
  const covered = new Map(
    await Promise.all(
      [...spans].map(async ([from, span]): Promise<[number, readonly FeedCoverage[]]> => {
        const { feeds: parts } = await coverSelection(
          context,
          { feeds, query: { ...query, range: span } },
          null,
        );
        return [from, parts];
      }),
    ),
  );
  const providerOf = new Map(visible.map(({ id, provider }) => [id, provider]));
  return (row) => {
    const parts = (covered.get(spanOf(row).from) ?? []).filter(
      ({ account }) =>
        (row.account === null || account === row.account) &&
        (row.provider === null || providerOf.get(account) === row.provider),
    );
    const finals = parts.map(({ finalUntil }) => finalUntil);
    const isFinal = finals.length > 0 && finals.every((each) => each !== null);
    return {
      complete: parts.every(({ coverage }) => coverage.complete),
      finalUntil: isFinal ? Math.min(...finals.map(Number)) : null,
    };
  };
}
