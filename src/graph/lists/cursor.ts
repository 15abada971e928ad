import { BadUserInputError } from '../../errors.ts';
import { type Decimal, parseDecimal } from '../../records/decimal.ts';
import type { ListOrder, TimeAxis } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { parseBase64Json, show, toShownKey, toStoredKey } from '../rows/ids.ts';

/** The field that amounts are ordered by. */
export const amountOf = { STAKE: 'stake', NET_WIN: 'netWin' } as const;

/** Whether an order is one of amounts. */
export function isByAmount(order: ListOrder): order is keyof typeof amountOf {
  return Object.hasOwn(amountOf, order);
}

/** The list a cursor belongs to: one of another kind, axis or order has its rows elsewhere. */
export interface CursorScope {
  readonly kind: RecordKind;
  readonly axis: TimeAxis;
  /** @default NEWEST */
  readonly order?: ListOrder;
}

/** A row's place in a list: `at` is what it is ordered by, a time in milliseconds or an amount. */
export interface ListPlace {
  readonly at: number | Decimal;
  readonly account: string;
  readonly key: string;
}

/** An opaque cursor: base64url of the JSON `[kind, axis, at, account, key]`, with the order where it is not NEWEST. */
export function encodeCursor(
  context: RequestContext,
  scope: CursorScope,
  { at, account, key }: ListPlace,
): string {
  return spell(scope, at, account, toShownKey(context, scope.kind, key));
}

/** Reads a cursor of this list; a broken one, or one of another list, is a BadUserInputError naming `field`. */
export function decodeCursor(
  context: RequestContext,
  scope: CursorScope,
  field: string,
  cursor: string,
): ListPlace {
  const decoded = parseBase64Json(cursor);
  const [, , at, account, key] = Array.isArray(decoded) ? (decoded as unknown[]) : [];
  if (
    !isAt(at, scope.order ?? 'NEWEST') ||
    typeof account !== 'string' ||
    typeof key !== 'string' ||
    spell(scope, at, account, key) !== cursor
  ) {
    throw new BadUserInputError(`${field}: expected a cursor of this list, got ${show(cursor)}`);
  }
  return { at, account, key: toStoredKey(context, scope.kind, key) };
}

function isAt(at: unknown, order: ListOrder): at is number | Decimal {
  if (!isByAmount(order)) return Number.isSafeInteger(at);
  return typeof at === 'string' && 'value' in parseDecimal(at);
}

function spell({ kind, axis, order = 'NEWEST' }: CursorScope, at: number | Decimal, ...id: string[]): string {
  const parts = [kind, axis, at, ...id, ...(order === 'NEWEST' ? [] : [order])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}
