import { BadUserInputError } from '../../errors.ts';
import type { ChangePosition } from '../../records/change.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { parseBase64Json, show, toShownKey, toStoredKey } from '../rows/ids.ts';

/** An opaque cursor of the log of changes: base64url of the JSON `["CHANGE", at, kind, account, key]`. */
export function encodeChangeCursor(
  context: RequestContext,
  { at, kind, account, key }: ChangePosition,
): string {
  return spell(at, kind, account, toShownKey(context, kind, key));
}

/** Reads such a cursor; any other text is a BadUserInputError naming `field`. */
export function decodeChangeCursor(context: RequestContext, field: string, cursor: string): ChangePosition {
  const decoded = parseBase64Json(cursor);
  const [, at, name, account, key] = Array.isArray(decoded) ? (decoded as unknown[]) : [];
  const kind = recordKinds.find((each) => each === name);
  if (
    kind === undefined ||
    typeof at !== 'number' ||
    typeof account !== 'string' ||
    typeof key !== 'string' ||
    !Number.isSafeInteger(at) ||
    spell(at, kind, account, key) !== cursor
  ) {
    throw new BadUserInputError(`${field}: expected a cursor of the log of changes, got ${show(cursor)}`);
  }
  return { at, kind, account, key: toStoredKey(context, kind, key) };
}

function spell(at: number, kind: RecordKind, account: string, key: string): string {
  return Buffer.from(JSON.stringify(['CHANGE', at, kind, account, key])).toString('base64url');
}
