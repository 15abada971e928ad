import type { RequestContext } from '../../graph/context.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { readCoverage } from './coverage.ts';
import { type EntityPage, pageOf } from './entities.ts';
import type { NamedRow } from './evaluate.ts';
import { compare, type Expression } from './expression.ts';
import { matches } from './matches.ts';
import { betTotals, coverage, type EntitySet, findProperty, type RowSet, rowSets } from './model.ts';
import { ODataError } from './odata-error.ts';
import type { QueryOptions } from './options.ts';
import { countRows, type PageAsk, readRow, readRows } from './rows.ts';
import type { Literal } from './tokens.ts';
import { readTotals } from './totals.ts';

/** An entity set with the reading of it. */
export interface ServedSet extends EntitySet {
  page(context: RequestContext, options: QueryOptions, ask: PageAsk): Promise<EntityPage>;
  count(context: RequestContext, options: QueryOptions): Promise<number>;
  /** The selected values of the entity of that key; null where there is none that may be seen. */
  entity(
    context: RequestContext,
    key: ReadonlyMap<string, Literal>,
    options: QueryOptions,
  ): Promise<readonly FlatValue[] | null>;
}

/** Everything the service serves. */
export function servedSets(options: { readonly raw: boolean }): readonly ServedSet[] {
  return [
    ...rowSets(options).map(serveRows),
    serveComputed(betTotals, readTotals),
    serveComputed(coverage, readCoverage),
  ];
}

function serveRows(set: RowSet): ServedSet {
  return {
    ...set,
    page: (context, options, ask) => readRows(context, set, options, ask),
    count: (context, options) => countRows(context, set, options),
    entity: (context, key, options) => readRow(context, set, String(textOf(key.get('id'))), options.select),
  };
}

/** A set whose rows are few enough to be made anew for every request. */
function serveComputed(
  set: EntitySet,
  read: (context: RequestContext, filter: Expression | null) => Promise<readonly NamedRow[]>,
): ServedSet {
  return {
    ...set,
    page: async (context, options, { pageSize }) =>
      pageOf(await read(context, options.filter), options, pageSize),
    async count(context, options) {
      const { filter } = options;
      const rows = await read(context, filter);
      return filter === null ? rows.length : rows.filter((row) => matches(filter, row)).length;
    },
    async entity(context, key, { select }) {
      const of = [...key].map(([name, literal]) => compare(findProperty(set.type, name)!, 'eq', literal));
      const filter: Expression = { op: 'and', of };
      const row = (await read(context, filter)).find((each) => matches(filter, each));
      return row === undefined ? null : select.map(({ name }) => row[name] ?? null);
    },
  };
}

function textOf(literal: Literal | undefined): string {
  if (literal?.type === 'text') return literal.value;
  throw new ODataError('path', "expected an id in quotes, as in Bets('…')", { statusCode: 404 });
}
