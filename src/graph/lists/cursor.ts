import { BadUserInputError } from '../../errors.ts';
import type { Position, TimeAxis } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { parseBase64Json, show, toShownKey, toStoredKey } from '../rows/ids.ts';

/** The list a cursor belongs to: one of another kind or axis orders by another time. */
export interface CursorScope {
  readonly kind: RecordKind;
  readonly axis: TimeAxis;
}

/** An opaque cursor: base64url of the JSON `[kind, axis, at, account, key]`. */
export function encodeCursor(
  context: RequestContext,
  { kind, axis }: CursorScope,
  { at, account, key }: Position,
): string {
  return spell(kind, axis, at, account, toShownKey(context, kind, key));
}

/** Reads a cursor of this list; a broken one, or one of another list, is a BadUserInputError naming `field`. */
export function decodeCursor(
  context: RequestContext,
  { kind, axis }: CursorScope,
  field: string,
  cursor: string,
): Position {
  const decoded = parseBase64Json(cursor);
  const [, , at, account, key] = Array.isArray(decoded) ? (decoded as unknown[]) : [];
  if (
    typeof at !== 'number' ||
    typeof account !== 'string' ||
    typeof key !== 'string' ||
    !Number.isSafeInteger(at) ||
    spell(kind, axis, at, account, key) !== cursor
  ) {
    throw new BadUserInputError(`${field}: expected a cursor of this list, got ${show(cursor)}`);
  }
  return { at, account, key: toStoredKey(context, kind, key) };
}

function spell(kind: RecordKind, axis: TimeAxis, at: number, account: string, key: string): string {
  return Buffer.from(JSON.stringify([kind, axis, at, account, key])).toString('base64url');
}
