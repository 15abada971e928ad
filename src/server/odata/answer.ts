import type { RequestContext } from '../../graph/context.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { applyRows } from './apply-rows.ts';
import { countChanges, readChange, readChanges } from './changes.ts';
import { readCoverage } from './coverage.ts';
import { readAccounts, readCalendar, readGames, readPlayers } from './dimensions.ts';
import { type EntityPage, pageOf } from './entities.ts';
import type { NamedRow } from './evaluate.ts';
import { compare, type Expression } from './expression.ts';
import { matches } from './matches.ts';
import {
  accounts,
  calendar,
  changes,
  coverage,
  type EntitySet,
  findProperty,
  games,
  players,
  type RowSet,
  rowSets,
  totalsSets,
} from './model.ts';
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
    ...totalsSets.map((set) => serveComputed(set, (context, asked) => readTotals(context, set, asked))),
    serveComputed(coverage, (context, { filter }) => readCoverage(context, filter)),
    serveComputed(players, (context) => readPlayers(context, null)),
    serveComputed(games, (context) => readGames(context, null)),
    serveComputed(accounts, readAccounts),
    serveComputed(calendar, readCalendar),
    serveChanges(options),
  ];
}

function serveChanges(shown: { readonly raw: boolean }): ServedSet {
  return {
    ...changes,
    page: (context, options, { pageSize }) => readChanges(context, options, { ...shown, pageSize }),
    count: countChanges,
    entity: (context, key, { select }) =>
      readChange(context, textOf(changes, key.get('cursor')), { ...shown, select }),
  };
}

function serveRows(set: RowSet): ServedSet {
  return {
    ...set,
    page: (context, options, ask) => readRows(context, set, options, ask),
    count: (context, options) => countRows(context, set, options),
    entity: (context, key, options) => readRow(context, set, textOf(set, key.get('id')), options.select),
  };
}

/** A set whose rows are few enough to be made anew for every request. */
function serveComputed(
  set: EntitySet,
  read: (context: RequestContext, options: QueryOptions) => Promise<readonly NamedRow[]>,
): ServedSet {
  const readAll = async (context: RequestContext, options: QueryOptions) =>
    applyRows(await read(context, options), options.apply ?? []);
  return {
    ...set,
    page: async (context, options, { pageSize }) =>
      pageOf(await readAll(context, options), options, pageSize),
    async count(context, options) {
      const { filter } = options;
      const rows = await readAll(context, options);
      return filter === null ? rows.length : rows.filter((row) => matches(filter, row)).length;
    },
    async entity(context, key, options) {
      const of = [...key].map(([name, literal]) => compare(findProperty(set.type, name)!, 'eq', literal));
      const filter: Expression = { op: 'and', of };
      // What is looked up of the entity parts it no further.
      const whole = { ...options, selects: false, expand: [], filter, filterNames: new Set(key.keys()) };
      const row = (await read(context, whole)).find((each) => matches(filter, each));
      return row === undefined ? null : options.select.map(({ name }) => row[name] ?? null);
    },
  };
}

function textOf({ name, type }: EntitySet, literal: Literal | undefined): string {
  if (literal?.type === 'text') return literal.value;
  throw new ODataError('path', `expected the ${type.key} in quotes, as in ${name}('…')`, { statusCode: 404 });
}
