import { BadUserInputError } from '../../errors.ts';
import type { ChangePosition } from '../../records/change.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { parseBase64Json, show, toShownKey, toStoredKey } from '../rows/ids.ts';

/** An opaque cursor of the log of changes: base64url of the JSON `["CHANGE", at, kind, account, key]`, with the log’s start
 * behind where it has one. */
export function encodeChangeCursor(
  context: RequestContext,
  { at, kind, account, key, logStart }: ChangePosition,
): string {
  return spell(at, kind, account, toShownKey(context, kind, key), logStart);
}

/** Reads such a cursor; any other text is a BadUserInputError naming `field`. */
export function decodeChangeCursor(context: RequestContext, field: string, cursor: string): ChangePosition {
  const decoded = parseBase64Json(cursor);
  const [, at, name, account, key, logStart] = Array.isArray(decoded) ? (decoded as unknown[]) : [];
  const kind = recordKinds.find((each) => each === name);
  if (
    kind === undefined ||
    typeof at !== 'number' ||
    typeof account !== 'string' ||
    typeof key !== 'string' ||
    !Number.isSafeInteger(at) ||
    !(logStart === undefined || typeof logStart === 'number') ||
    spell(at, kind, account, key, logStart) !== cursor
  ) {
    throw new BadUserInputError(`${field}: expected a cursor of the log of changes, got ${show(cursor)}`);
  }
  const start = logStart === undefined ? {} : { logStart };
  return { at, kind, account, key: toStoredKey(context, kind, key), ...start };
}

function spell(at: number, kind: RecordKind, account: string, key: string, logStart?: number): string {
  const parts = ['CHANGE', at, kind, account, key, ...(logStart === undefined ? [] : [logStart])];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}
