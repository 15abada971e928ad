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
import { type EntityPage, sorted } from './entities.ts';
import type { JsonFormat } from './json.ts';
import type { NamedRow } from './matches.ts';
import type { Property, RowSet } from './model.ts';
import { ODataError } from './odata-error.ts';
import type { OrderTerm, QueryOptions } from './options.ts';
import { readRowId } from './row-id.ts';
import { readPlace, writePlace } from './skip-token.ts';
import { toWhere } from './where.ts';

// An order other than the archive's own is made in memory, of this many rows at the most.
const MAX_SORTED = 50_000;
const SORT_EVERY = 10_000;
// Below this many rows it makes no difference who writes them.
const LONG_PAGE = 2_000;

export interface PageAsk {
  readonly pageSize: number;
  readonly format: JsonFormat;
}

/** Reads a page of rows: newest first, oldest first, or in any order where they are few. */
export async function readRows(
  context: RequestContext,
  set: RowSet,
  options: QueryOptions,
  { pageSize, format }: PageAsk,
): Promise<EntityPage> {
  const query = await toQuery(context, set, options);
  const count = options.count && query !== null ? await context.deps.archive.count(query) : null;
  if (query === null) return { rows: [], count: options.count ? 0 : null, next: null };
  const direction = directionOf(set, options.orderBy);
  const written = await writtenPage(context, set, options, query, { pageSize, format });
  if (written !== null) return { ...written, count };
  const page =
    direction === null
      ? await sortedPage(context, set, options, query)
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
  return query === null ? 0 : context.deps.archive.count(query);
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
async function toQuery(
  context: RequestContext,
  set: RowSet,
  { filter }: QueryOptions,
): Promise<Query | null> {
  const { range, rest } = takeBounds(filter, axisFieldOf[set.kind]);
  const where = rest === null ? null : await toWhere(context, set, rest);
  if (range !== null && range.from >= range.to) return null;
  return {
    kind: set.kind,
    accounts: visibleAccounts(context).map(({ id }) => id),
    range,
    axis: 'SETTLED',
    players: await playersAsked(context, null),
    where,
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
  if (first.property.name !== axisFieldOf[set.kind]) return null;
  if (rest.length === 0) return first.descending ? 'newest first' : 'oldest first';
  const names = rest
    .map(({ property, descending }) => `${property.stored} ${descending ? 'desc' : 'asc'}`)
    .join();
  return first.descending && ['account asc', 'account asc,key asc'].includes(names) ? 'newest first' : null;
}

/** A long page, newest first, as the archive writes it; null where it does not, or not what this viewer may see. */
async function writtenPage(
  context: RequestContext,
  { kind }: RowSet,
  { top, skip, skipToken, select, orderBy }: QueryOptions,
  query: Query,
  { pageSize, format }: PageAsk,
): Promise<Omit<EntityPage, 'count'> | null> {
  const { writePage } = context.deps.archive;
  const place = skipToken === null ? null : readPlace(context, kind, skipToken);
  const left = place === null ? top : place.left;
  const limit = Math.min(pageSize, left ?? pageSize);
  const isPlain = orderBy.length === 0 && (place !== null || skip === 0);
  if (writePage === undefined || !context.viewer.readsPlayers || !isPlain || limit < LONG_PAGE) return null;
  // A set of rows has no other properties than flat columns.
  const columns = readableColumns(context, select as readonly FlatColumn[]);
  const decimals = format.ieee754Compatible ? 'strings' : 'numbers';
  const asked = { ...query, limit, after: place?.position ?? null };
  const { end, ...written } = await writePage(asked, { columns, shown: null }, decimals);
  const rest = left === null ? null : left - limit;
  const next = end === null || rest === 0 ? null : writePlace(context, kind, { position: end, left: rest });
  return { rows: [], written, next };
}

/** One page of a keyset walk; `$skip` is walked over, on the first page alone. */
async function walkedPage(
  context: RequestContext,
  { kind }: RowSet,
  { top, skip, skipToken }: QueryOptions,
  query: Query,
  { pageSize, direction }: { readonly pageSize: number; readonly direction: Direction },
): Promise<Page> {
  const place = skipToken === null ? null : readPlace(context, kind, skipToken);
  const left = place === null ? top : place.left;
  const wanted = Math.min(pageSize, left ?? pageSize);
  let position = place?.position ?? null;

  async function read(limit: number): Promise<readonly StoredRecord[]> {
    const { archive } = context.deps;
    if (direction === 'newest first')
      return archive.page({ ...query, limit, end: 'first', after: position, before: null });
    const rows = await archive.page({ ...query, limit, end: 'last', after: null, before: position });
    return rows.toReversed();
  }

  for (let over = place === null ? skip : 0; over > 0 && wanted > 0; ) {
    const passed = await read(Math.min(over, pageSize));
    if (passed.length === 0) return { rows: [], next: null };
    position = positionOf(passed.at(-1)!);
    over -= passed.length;
  }
  if (wanted === 0) return { rows: [], next: null };
  // One row more than the page tells whether another page follows.
  const rows = await read(left === wanted ? wanted : wanted + 1);
  if (rows.length <= wanted) return { rows, next: null };
  const page = rows.slice(0, wanted);
  const next = { position: positionOf(page.at(-1)!), left: left === null ? null : left - wanted };
  return { rows: page, next: writePlace(context, kind, next) };
}

interface Candidate {
  readonly row: StoredRecord;
  readonly by: NamedRow;
}

/** The first of all rows in an order of the client's: everything is read, and no more kept than is wanted. */
async function sortedPage(
  context: RequestContext,
  { kind }: RowSet,
  { orderBy, skip, top }: QueryOptions,
  query: Query,
): Promise<Page> {
  const { archive } = context.deps;
  const keep = Math.min(skip + (top ?? Number.POSITIVE_INFINITY), await archive.count(query));
  if (keep > MAX_SORTED) {
    const narrower = `filter them, ask for fewer by $top, or order by ${axisFieldOf[kind]}`;
    throw new ODataError('$orderby', `more than ${MAX_SORTED} rows to sort: ${narrower}`);
  }
  const properties = orderBy.map(({ property }) => property);
  const valuesOf = readerOf(context, kind, properties);
  const first = (found: readonly Candidate[]) => sorted(found, orderBy, ({ by }) => by).slice(0, keep);
  let best: Candidate[] = [];
  for await (const batch of archive.stream(query)) {
    const more = batch.map((row): Candidate => {
      const values = valuesOf(row);
      return { row, by: Object.fromEntries(properties.map(({ name }, at) => [name, values[at] ?? null])) };
    });
    best.push(...more);
    // Sorting seldom costs little; holding twice what is wanted keeps memory flat.
    if (best.length > 2 * keep + SORT_EVERY) best = first(best);
  }
  return {
    rows: first(best)
      .slice(skip)
      .map(({ row }) => row),
    next: null,
  };
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
