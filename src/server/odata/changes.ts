import { BadUserInputError } from '../../errors.ts';
import { decodeChangeCursor } from '../../graph/change/cursor.ts';
import { countChangesAsked } from '../../graph/change/resolver.ts';
import type { RequestContext } from '../../graph/context.ts';
import { parseBase64Json, show } from '../../graph/rows/ids.ts';
import { findAccount, visibleAccounts } from '../../graph/selection/scope.ts';
import { compareChanges } from '../../records/change.ts';
import { recordKinds } from '../../records/record.ts';
import { createChangeView, walkChanges } from '../export/change-rows.ts';
import type { FlatValue } from '../export/flat-row.ts';
import { conjuncts, takeBounds } from './bounds.ts';
import type { EntityPage } from './entities.ts';
import type { Expression } from './expression.ts';
import { matches } from './matches.ts';
import type { Property } from './model.ts';
import { ODataError } from './odata-error.ts';
import type { QueryOptions } from './options.ts';

// Each has up to two rows as text.
const MAX_PAGE = 5_000;
// How many are looked at for one page, so that a filter that few satisfy is answered soon: the next link leads on.
const MAX_LOOKED_AT = 20_000;

type ChangeValues = Readonly<Record<string, FlatValue>>;

interface Shown {
  readonly raw: boolean;
}

/** One page of the log, oldest first. It may have fewer than asked for, or none, and still say that others follow. */
export async function readChanges(
  context: RequestContext,
  options: QueryOptions,
  { raw, pageSize }: Shown & { readonly pageSize: number },
): Promise<EntityPage> {
  refuseOthers(options);
  const count = options.count ? await countChanges(context, options) : null;
  const { top, skip, after, skipToken, select } = options;
  const place = skipToken === null ? { after, left: top, skip } : readPlace(skipToken);
  const wanted = Math.min(pageSize, MAX_PAGE, place.left ?? MAX_PAGE);
  const rows: (readonly FlatValue[])[] = [];
  let { skip: over } = place;
  let lookedAt = 0;
  if (wanted === 0) return { rows, count, next: null };
  for await (const row of walkMatches(context, options, { raw, after: place.after })) {
    lookedAt += 1;
    if (row.matches && over > 0) over -= 1;
    else if (row.matches) rows.push(select.map(({ name }) => row.values[name] ?? null));
    if (rows.length < wanted && lookedAt < MAX_LOOKED_AT) continue;
    const left = place.left === null ? null : place.left - rows.length;
    return { rows, count, next: left === 0 ? null : writePlace({ after: row.cursor, left, skip: over }) };
  }
  return { rows, count, next: null };
}

/**
 * How many changes a `$filter` selects, from the cursor on where one was given: counted by the archive, but for conditions
 * on what a change becomes only when it is shown.
 */
export async function countChanges(context: RequestContext, options: QueryOptions): Promise<number> {
  refuseOthers(options);
  const { range, rest, ...ask } = narrowed(context, options);
  if (ask.kinds.length > 0 && ask.accounts.length > 0 && (rest === null || conjuncts(rest).every(isNamed)))
    return countChangesAsked(context, { ...ask, before: range?.to ?? null });
  let count = 0;
  for await (const row of walkMatches(context, options, { raw: false, after: options.after }))
    if (row.matches) count += 1;
  return count;
}

/** The selected values of the change at a cursor; null where there is none that may be seen. */
export async function readChange(
  context: RequestContext,
  cursor: string,
  { raw, select }: Shown & { readonly select: readonly Property[] },
): Promise<readonly FlatValue[] | null> {
  const place = placeOf(context, cursor);
  if (place === null || findAccount(context, place.account) === null) return null;
  const { at, kind, account } = place;
  const show = createChangeView(context, { raw });
  const ask = { kinds: [kind], accounts: [account], since: at };
  for await (const changes of walkChanges(context, ask)) {
    for (const change of changes) {
      const order = compareChanges(change, place);
      if (order > 0) return null;
      const values: ChangeValues = order === 0 ? { ...show(change) } : {};
      if (order === 0) return select.map(({ name }) => values[name] ?? null);
    }
  }
  return null;
}

interface Looked {
  readonly cursor: string;
  readonly matches: boolean;
  readonly values: ChangeValues;
}

/** Every change that may satisfy the filter and whether it does, as far as its bounds on `at` reach. */
async function* walkMatches(
  context: RequestContext,
  options: QueryOptions,
  { raw, after }: Shown & { readonly after: string | null },
): AsyncGenerator<Looked, void, undefined> {
  const { range, rest, kinds, accounts, since } = narrowed(context, { ...options, after });
  if (kinds.length === 0 || accounts.length === 0) {
    if (after !== null) decodeChangeCursor(context, 'after', after);
    return;
  }
  const view = createChangeView(context, { raw });
  for await (const changes of walkChanges(context, { kinds, accounts, since, after })) {
    for (const change of changes) {
      if (range !== null && change.at >= range.to) return;
      const values: ChangeValues = { ...view(change) };
      yield { cursor: String(values['cursor']), matches: rest === null || matches(rest, values), values };
    }
  }
}

/** What of a filter the archive selects by, and the rest of it, which holds the conditions on kind and account still. */
function narrowed(context: RequestContext, { filter, after }: Pick<QueryOptions, 'filter' | 'after'>) {
  const { range, rest } = takeBounds(filter, 'at');
  const visible = visibleAccounts(context).map(({ id }) => id);
  const kinds = named(rest, 'kind', recordKinds);
  const accounts = named(rest, 'account', visible);
  return { range, rest, kinds, accounts, since: range?.from ?? null, after };
}

/** Which of these names the filter leaves, by its and-ed conditions on the property that carries them. */
function named<T extends string>(
  filter: Expression | null,
  property: 'kind' | 'account',
  names: readonly T[],
): readonly T[] {
  const parts = (filter === null ? [] : conjuncts(filter)).filter(
    (part) => isNamed(part) && part.property.name === property,
  );
  return names.filter((name) => parts.every((part) => matches(part, { [property]: name })));
}

type Naming = Extract<Expression, { readonly op: 'eq' | 'in' }>;

/** Whether a condition names kinds or accounts, which `named` has looked at. */
function isNamed(part: Expression): part is Naming {
  return (part.op === 'eq' || part.op === 'in') && ['kind', 'account'].includes(part.property.name);
}

/** Refuses what a log that is only walked forwards cannot answer. */
function refuseOthers({ apply, orderBy }: QueryOptions): void {
  if (apply !== null) throw new ODataError('$apply', 'not of changes', { statusCode: 501 });
  const [first, ...others] = orderBy;
  if (first === undefined) return;
  const { operand, descending } = first;
  const isTime = operand.is === 'property' && operand.property.name === 'at';
  if (others.length === 0 && isTime && !descending) return;
  throw new ODataError('$orderby', 'changes come in the order of commits alone', {
    statusCode: 501,
    allowed: ['at asc'],
  });
}

function placeOf(context: RequestContext, cursor: string) {
  try {
    return decodeChangeCursor(context, 'cursor', cursor);
  } catch (error) {
    if (error instanceof BadUserInputError) return null;
    throw error;
  }
}

/** Where a page of changes ended, how many the client still wants of its `$top`, and how many of its `$skip` are left. */
interface Place {
  readonly after: string | null;
  readonly left: number | null;
  readonly skip: number;
}

function writePlace({ after, left, skip }: Place): string {
  return Buffer.from(JSON.stringify([after, left, skip])).toString('base64url');
}

function readPlace(token: string): Place {
  const parts = parseBase64Json(token);
  const [after, left, skip] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
  if (typeof after === 'string' && (left === null || isCount(left)) && isCount(skip))
    return { after, left, skip };
  throw new ODataError('$skiptoken', `expected one this service gave out, got ${show(token)}`);
}
