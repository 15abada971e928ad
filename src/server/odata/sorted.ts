import type { StoredRecord } from '../../archive/archive.ts';
import type { RequestContext } from '../../graph/context.ts';
import { toShownKey, toStoredKey } from '../../graph/rows/ids.ts';
import { axisFieldOf } from '../../records/flat.ts';
import type { RowQuery, SortKey, SortTerm } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { OrderTerm } from './filter.ts';
import type { RowSet } from './model.ts';
import { propertiesOf } from './operand.ts';
import type { QueryOptions } from './options.ts';
import { readKeys, writeKeys } from './skip-token.ts';
import { createValues } from './values.ts';

/** A page in an order that the archive has no walk for; the engine sorts, skips, and goes on after the last row's keys. */
export async function sortedPage(
  context: RequestContext,
  set: RowSet,
  { orderBy, skip, top, skipToken }: QueryOptions,
  query: RowQuery & { readonly kind: RecordKind },
  pageSize: number,
): Promise<{ readonly rows: readonly StoredRecord[]; readonly next: string | null }> {
  const { kind } = set;
  const terms = await termsOf(context, set, orderBy);
  const types = orderBy.length === 0 ? ['time' as const] : orderBy.map(({ operand }) => operand.type);
  const place = skipToken === null ? null : readKeys(skipToken, [...types, 'text', 'text']);
  const left = place === null ? top : place.left;
  const wanted = Math.min(pageSize, left ?? pageSize);
  if (wanted === 0) return { rows: [], next: null };
  const found = await context.deps.archive.sorted({
    ...query,
    orderBy: terms,
    after: place === null ? null : withKey(place.keys, (key) => toStoredKey(context, kind, key)),
    skip: place === null ? skip : 0,
    limit: left === wanted ? wanted : wanted + 1,
  });
  if (found.rows.length <= wanted) return { rows: found.rows, next: null };
  const keys = withKey(found.keys[wanted - 1]!, (key) => toShownKey(context, kind, key));
  return {
    rows: found.rows.slice(0, wanted),
    next: writeKeys({ keys, left: left === null ? null : left - wanted }),
  };
}

/** The client's terms, then what tells rows apart; without any, the order of the graph's lists. */
async function termsOf(
  context: RequestContext,
  set: RowSet,
  orderBy: readonly OrderTerm[],
): Promise<readonly SortTerm[]> {
  const names = orderBy.flatMap(({ operand }) => propertiesOf(operand)).map(({ name }) => name);
  const toValue = await createValues(context, set, names);
  const axis = axisFieldOf[set.kind];
  const terms = orderBy.map(({ operand, descending }): SortTerm => {
    const isAxis = operand.is === 'property' && operand.property.name === axis;
    return { value: isAxis ? { is: 'column', column: 'countedAt' } : toValue(operand), descending };
  });
  const column = (name: string, descending = false): SortTerm => ({
    value: { is: 'column', column: name },
    descending,
  });
  const first = terms.length === 0 ? [column('countedAt', true)] : terms;
  return [...first, column('account'), column('key')];
}

/** Keys whose last, the row's own, is changed. */
function withKey(keys: readonly SortKey[], change: (key: string) => string): readonly SortKey[] {
  return [...keys.slice(0, -1), change(String(keys.at(-1)))];
}
