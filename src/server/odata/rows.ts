import type { StoredRecord } from '../../archive/archive.ts';
import type { RequestContext } from '../../graph/context.ts';
import { toStoredKey } from '../../graph/rows/ids.ts';
import { loadersOf, loadVisible, type RowKey } from '../../graph/rows/loaders.ts';
import { playersAsked, visibleAccounts } from '../../graph/selection/scope.ts';
import { axisFieldOf, type FlatColumn } from '../../records/flat.ts';
import type { Position, RowQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { type FlatValue, flatReaders } from '../export/flat-row.ts';
import { readableColumns } from '../export/flat-writer.ts';
import { takeBounds } from './bounds.ts';
import type { EntityPage } from './entities.ts';
import type { Expression } from './expression.ts';
import type { OrderTerm } from './filter.ts';
import { countGroups, readGroups } from './groups.ts';
import type { JsonFormat } from './json.ts';
import type { Property, RowSet } from './model.ts';
import type { QueryOptions } from './options.ts';
import { readRowId } from './row-id.ts';
import { readPlace, writePlace } from './skip-token.ts';
import { sortedPage } from './sorted.ts';
import { toWhere } from './where.ts';

// Below this many rows it makes no difference who writes them.
const LONG_PAGE = 2_000;

export interface PageAsk {
  readonly pageSize: number;
  readonly format: JsonFormat;
}

/** Reads a page of rows in any order, or of the groups that are made of them. */
export async function readRows(
  context: RequestContext,
  set: RowSet,
  options: QueryOptions,
  { pageSize, format }: PageAsk,
): Promise<EntityPage> {
  const query = await toQuery(context, set, options);
  if (query !== null && isGrouped(options)) return readGroups(context, set, options, query, pageSize);
  const count = options.count && query !== null ? await context.deps.archive.count(query) : null;
  if (query === null) return { rows: [], count: options.count ? 0 : null, next: null };
  const direction = directionOf(set, options.orderBy);
  const written = await writtenPage(context, set, options, query, { pageSize, format });
  if (written !== null) return { ...written, count };
  const page =
    direction === null || options.skip > 0
      ? await sortedPage(context, set, options, query, pageSize)
      : await walkedPage(context, set, options, query, { pageSize, direction });
  const values = readerOf(context, set.kind, options.select);
  return { rows: page.rows.map(values), count, next: page.next };
}

/** How many rows a `$filter` selects. */
export async function countRows(
  context: RequestContext,
  set: RowSet,
  options: QueryOptions,
): Promise<number> {
  const query = await toQuery(context, set, options);
  if (query === null) return 0;
  return isGrouped(options) ? countGroups(context, set, options, query) : context.deps.archive.count(query);
}

function isGrouped({ apply }: QueryOptions): boolean {
  return apply?.some(({ step }) => step === 'group') === true;
}

/** What rows are filtered by before they are grouped: bounds on time are taken out of it. */
function rowFilter(options: QueryOptions): Expression | null {
  const of: Expression[] = [];
  for (const step of options.apply ?? []) {
    if (step.step === 'group') break;
    of.push(step.filter);
  }
  if (options.filter !== null && !isGrouped(options)) of.push(options.filter);
  return of.length === 0 ? null : { op: 'and', of };
}

/** The row of that id; null where there is none that may be seen. */
export async function readRow(
  context: RequestContext,
  set: RowSet,
  id: string,
  select: readonly Property[],
): Promise<readonly FlatValue[] | null> {
  const found = readRowId(set, id);
  if (found === null) return null;
  const key = { account: found.account, key: toStoredKey(context, set.kind, found.key) };
  const row: StoredRecord | null = await load(context, set.kind, key);
  return row === null ? null : readerOf(context, set.kind, select)(row);
}

/** The archive's query; null where the bounds on time exclude each other. */
async function toQuery(context: RequestContext, set: RowSet, options: QueryOptions): Promise<Query | null> {
  const { range, rest } = takeBounds(rowFilter(options), axisFieldOf[set.kind]);
  const where = rest === null ? null : await toWhere(context, set, rest);
  if (range !== null && range.from >= range.to) return null;
  return {
    kind: set.kind,
    accounts: visibleAccounts(context).map(({ id }) => id),
    range,
    axis: 'SETTLED',
    players: await playersAsked(context, null),
    where,
    withdrawn: options.withdrawn,
  };
}

type Query = RowQuery & { readonly kind: RecordKind };

interface Page {
  readonly rows: readonly StoredRecord[];
  readonly next: string | null;
}

type Direction = 'newest first' | 'oldest first';

/** The archive's own order, where that is what is asked: by the time ranges select by, then account and key. */
function directionOf(set: RowSet, terms: readonly OrderTerm[]): Direction | null {
  const [first, ...rest] = terms;
  if (first === undefined) return 'newest first';
  if (nameOf(first) !== axisFieldOf[set.kind]) return null;
  if (rest.length === 0) return first.descending ? 'newest first' : 'oldest first';
  const names = rest.map((term) => `${nameOf(term)} ${term.descending ? 'desc' : 'asc'}`).join();
  return first.descending && ['account asc', 'account asc,key asc'].includes(names) ? 'newest first' : null;
}

/** The column that a term is, as it stands. */
function nameOf({ operand }: OrderTerm): string | null {
  return operand.is === 'property' ? operand.property.stored : null;
}

/** A long page, newest first, as the archive writes it; null where it does not, or not what this viewer may see. */
async function writtenPage(
  context: RequestContext,
  { kind }: RowSet,
  { top, skip, skipToken, select, expand, orderBy }: QueryOptions,
  query: Query,
  { pageSize, format }: PageAsk,
): Promise<Omit<EntityPage, 'count'> | null> {
  const { writePage } = context.deps.archive;
  if (writePage === undefined || !context.viewer.readsPlayers || orderBy.length > 0 || skip > 0) return null;
  if (expand.length > 0 || select.length === 0) return null;
  const place = skipToken === null ? null : readPlace(context, kind, skipToken);
  const left = place === null ? top : place.left;
  const limit = Math.min(pageSize, left ?? pageSize);
  if (limit < LONG_PAGE) return null;
  // A set of rows has no other properties than flat columns.
  const columns = readableColumns(context, select as readonly FlatColumn[]);
  const decimals = format.ieee754Compatible ? 'strings' : 'numbers';
  const asked = { ...query, limit, after: place?.position ?? null };
  const { end, ...written } = await writePage(asked, { columns, shown: null }, decimals);
  const rest = left === null ? null : left - limit;
  const next = end === null || rest === 0 ? null : writePlace(context, kind, { position: end, left: rest });
  return { rows: [], written, next };
}

/** One page of a keyset walk in the archive's own order. */
async function walkedPage(
  context: RequestContext,
  { kind }: RowSet,
  { top, skipToken }: QueryOptions,
  query: Query,
  { pageSize, direction }: { readonly pageSize: number; readonly direction: Direction },
): Promise<Page> {
  const place = skipToken === null ? null : readPlace(context, kind, skipToken);
  const left = place === null ? top : place.left;
  const wanted = Math.min(pageSize, left ?? pageSize);
  const position = place?.position ?? null;

  async function read(limit: number): Promise<readonly StoredRecord[]> {
    const { archive } = context.deps;
    if (direction === 'newest first')
      return archive.page({ ...query, limit, end: 'first', after: position, before: null });
    const rows = await archive.page({ ...query, limit, end: 'last', after: null, before: position });
    return rows.toReversed();
  }

  if (wanted === 0) return { rows: [], next: null };
  // One row more than the page tells whether another page follows.
  const rows = await read(left === wanted ? wanted : wanted + 1);
  if (rows.length <= wanted) return { rows, next: null };
  const page = rows.slice(0, wanted);
  const next = { position: positionOf(page.at(-1)!), left: left === null ? null : left - wanted };
  return { rows: page, next: writePlace(context, kind, next) };
}

function readerOf(context: RequestContext, kind: RecordKind, properties: readonly Property[]) {
  // A set of rows has no other properties than flat columns.
  const readers = flatReaders(kind, properties as readonly FlatColumn[], context);
  return (row: StoredRecord): readonly FlatValue[] => readers.map((read) => read(row));
}

function positionOf({ countedAt, account, key }: StoredRecord): Position {
  return { at: countedAt, account, key };
}

/** The archived row under a key, of whichever kind; null where there is none that may be seen. */
async function load(context: RequestContext, kind: RecordKind, key: RowKey): Promise<StoredRecord | null> {
  const { rows } = loadersOf(context);
  if (kind === 'BET') return loadVisible(context, rows.BET, key);
  if (kind === 'TRANSFER') return loadVisible(context, rows.TRANSFER, key);
  return loadVisible(context, rows.SEQ_NO_FAILURE, key);
}
