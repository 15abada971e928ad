import type { RequestContext } from '../../graph/context.ts';
import { parseBase64Json, show, toShownKey, toStoredKey } from '../../graph/rows/ids.ts';
import type { Position } from '../../records/query.ts';
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

function isLeft(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && (value as number) >= 0);
}
