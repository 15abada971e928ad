import { BadUserInputError } from '../../errors.ts';
import type { RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';

/** The types an id can name. */
const idTypes = ['Bet', 'Transfer', 'SeqNoFailure', 'Player'] as const;
export type IdType = (typeof idTypes)[number];

export interface IdParts {
  readonly type: IdType;
  /** Empty for a player, who is known across accounts. */
  readonly account: string;
  /** The provider's key, or the player's name as shown. */
  readonly key: string;
}

/** An opaque id: base64url of the JSON `[type, account, key]`. A feed's is for clients' caches alone. */
export function encodeId(type: IdType | 'Feed', account: string, key: string): string {
  return Buffer.from(JSON.stringify([type, account, key])).toString('base64url');
}

/** Reads an id `encodeId` made; anything else is a BadUserInputError naming `field`. */
export function decodeId(field: string, id: string): IdParts {
  const parts = parse(id);
  if (parts === null || encodeId(parts.type, parts.account, parts.key) !== id) {
    throw new BadUserInputError(`${field}: expected an id this graph gave out, got ${show(id)}`);
  }
  return parts;
}

/** As `decodeId`, where only one type will do. */
export function decodeIdOf(type: IdType, field: string, id: string): IdParts {
  const parts = decodeId(field, id);
  if (parts.type !== type) {
    throw new BadUserInputError(`${field}: expected the id of a ${type}, got that of a ${parts.type}`);
  }
  return parts;
}

function parse(id: string): IdParts | null {
  const decoded = parseBase64Json(id);
  if (!Array.isArray(decoded) || decoded.length !== 3) return null;
  const [type, account, key] = decoded as unknown[];
  const known = idTypes.find((each) => each === type);
  if (known === undefined || typeof account !== 'string' || typeof key !== 'string' || key === '')
    return null;
  if ((known === 'Player') !== (account === '')) return null;
  return { type: known, account, key };
}

/** The value whose JSON is base64url in `text`; undefined where it is not. */
export function parseBase64Json(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A client's text as it may stand in a message. */
export function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** A row's key as ids and cursors carry it: eBET's serial numbers may hold a username, so theirs are sealed. */
export function toShownKey({ players }: RequestContext, kind: RecordKind, key: string): string {
  return kind === 'SEQ_NO_FAILURE' ? players.sealed(key) : key;
}

/** The archived key behind one that `toShownKey` gave out. */
export function toStoredKey({ players }: RequestContext, kind: RecordKind, shown: string): string {
  return kind === 'SEQ_NO_FAILURE' ? players.unsealed(shown) : shown;
}
