import type { RequestContext } from '../../graph/context.ts';
import { playersAsked, visibleAccounts } from '../../graph/selection/scope.ts';
import type { Interval } from '../../records/interval.ts';
import type { Dimension } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { periodColumns, readTotalsTable, totalsColumns } from '../export/totals-table.ts';
import { takeBounds } from './bounds.ts';
import type { NamedRow } from './evaluate.ts';
import type { Expression } from './expression.ts';
import type { TotalsSet } from './model.ts';
import { namesOf, type QueryOptions } from './options.ts';

const DAY_MS = 86_400_000;

/**
 * Totals by the set's key and what dimensions are selected or filtered by besides, another period in place of the day;
 * with `$apply` by the dimensions it names alone. Newest first; bounds on `day` reach the archive.
 */
export async function readTotals(
  context: RequestContext,
  { kind, type }: TotalsSet,
  options: QueryOptions,
): Promise<readonly NamedRow[]> {
  const looked = namesOf(options, type);
  const parting = partingNames(type.key, options, looked);
  const columns = totalsColumns[kind].filter(
    ({ name, dimension }) => dimension !== null && parting.has(name),
  );
  const groupBy = columns.map(({ dimension }) => dimension as Dimension);
  const { range: days } = takeBounds(boundsOf(options), 'day');
  if (days !== null && days.from >= days.to) return [];
  const range = await rangeOf(context, kind, days);
  if (range === null) return [];
  const rows = await readTotalsTable(
    context,
    { ...(await selectionOf(context, kind)), range },
    { groupBy, ...options.custom, columns: looked },
  );
  const unit = columns.find(({ name }) => name in periodColumns)?.name;
  // Within a period they stay in the archive's order.
  return unit === undefined ? rows : rows.toSorted((a, b) => -compareText(a[unit], b[unit]));
}

/** What bounds the days that are read: `$filter`, and what an `$apply` filters by before it groups. */
function boundsOf({ apply, filter }: QueryOptions): Expression | null {
  const of = filter === null ? [] : [filter];
  for (const step of apply ?? []) {
    if (step.step === 'group') break;
    of.push(step.filter);
  }
  return of.length === 0 ? null : { op: 'and', of };
}

/** The names of what parts rows: a selection takes nothing of the key away, so that money is of one currency. */
function partingNames(
  key: readonly string[],
  options: QueryOptions,
  looked: ReadonlySet<string>,
): ReadonlySet<string> {
  if (options.apply !== null) return looked;
  const expanded = options.expand.flatMap(({ keys }) => keys);
  const named = options.selects ? looked : new Set(['provider', ...options.filterNames, ...expanded]);
  const isOtherPeriod = [...named].some((name) => name in periodColumns) && !named.has('day');
  return new Set([...key.filter((name) => !isOtherPeriod || name !== 'day'), ...named]);
}

function compareText(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** What a viewer may see of a kind. */
export async function selectionOf<K extends RecordKind>(context: RequestContext, kind: K) {
  return {
    kind,
    accounts: visibleAccounts(context).map(({ id }) => id),
    range: null,
    axis: 'SETTLED' as const,
    players: await playersAsked(context, null),
    where: null,
  };
}

/** The days asked for, a day of the zone's more at either end, cut to where there are rows; null where there are none. */
export async function rangeOf(
  context: RequestContext,
  kind: RecordKind,
  days: Interval | null,
): Promise<Interval | null> {
  const value = { is: 'column', column: 'countedAt' } as const;
  const { rows } = await context.deps.archive.table({
    rows: await selectionOf(context, kind),
    steps: [
      {
        step: 'group',
        by: [],
        aggregates: [
          { name: 'first', of: { method: 'min', value } },
          { name: 'last', of: { method: 'max', value } },
        ],
      },
    ],
    place: { orderBy: [], after: null, skip: 0, limit: 1 },
  });
  const [first = null, last = null] = rows[0] ?? [];
  if (typeof first !== 'number' || typeof last !== 'number') return null;
  const from = days === null ? first : Math.max(first, days.from - DAY_MS);
  const to = days === null ? last + 1 : Math.min(last + 1, days.to + DAY_MS);
  return from < to ? { from, to } : null;
}
