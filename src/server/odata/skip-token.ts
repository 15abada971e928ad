import type { RequestContext } from '../../graph/context.ts';
import { parseBase64Json, show, toShownKey, toStoredKey } from '../../graph/rows/ids.ts';
import type { ValueType } from '../../records/expression.ts';
import type { Position, SortKey } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { ODataError } from './odata-error.ts';

/** Where a page of rows ended, and how many the client still wants of its `$top`; null for all. */
export interface Place {
  readonly position: Position;
  readonly left: number | null;
}

/** A place in a walk of rows as the opaque `$skiptoken`: base64url of `[at, account, key, left]`. */
export function writePlace(context: RequestContext, kind: RecordKind, { position, left }: Place): string {
  const { at, account, key } = position;
  const parts = [at, account, toShownKey(context, kind, key), left];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads what `writePlace` wrote; throws an ODataError for anything else. */
export function readPlace(context: RequestContext, kind: RecordKind, token: string): Place {
  const parts = parseBase64Json(token);
  const [at, account, key, left] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (Number.isSafeInteger(at) && typeof account === 'string' && typeof key === 'string' && isLeft(left)) {
    return { position: { at: at as number, account, key: toStoredKey(context, kind, key) }, left };
  }
  throw new ODataError('$skiptoken', `expected one this service gave out, got ${show(token)}`);
}

/** Where a page ended that is in an order of the client's: its last row's values of the order's terms. */
export interface SortedPlace {
  readonly keys: readonly SortKey[];
  readonly left: number | null;
}

/** Such a place as the opaque `$skiptoken`. */
export function writeKeys({ keys, left }: SortedPlace): string {
  return Buffer.from(JSON.stringify({ keys, left })).toString('base64url');
}

/** Reads what `writeKeys` wrote of terms of these types; throws an ODataError for anything else. */
export function readKeys(token: string, types: readonly ValueType[]): SortedPlace {
  const parts = parseBase64Json(token) as Partial<SortedPlace> | null | undefined;
  const keys: readonly unknown[] = Array.isArray(parts?.keys) ? parts.keys : [];
  const fits = keys.length === types.length && keys.every((key, at) => isKey(key, types[at]!));
  if (fits && isLeft(parts?.left)) return { keys: keys as readonly SortKey[], left: parts.left };
  throw new ODataError('$skiptoken', `expected one this service gave out, got ${show(token)}`);
}

function isKey(key: unknown, type: ValueType): boolean {
  if (key === null) return true;
  if (type === 'bool') return typeof key === 'boolean';
  if (type === 'int' || type === 'time') return Number.isSafeInteger(key);
  return typeof key === 'string' && (type !== 'decimal' || /^-?\d{1,400}(\.\d{1,400})?$/.test(key));
}

function isLeft(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && (value as number) >= 0);
}
