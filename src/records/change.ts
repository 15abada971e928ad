import { type RecordKind, recordKinds } from './record.ts';

/** What can become of a row. */
export const changeTypes = ['ADDED', 'REPLACED', 'WITHDRAWN', 'RESTORED'] as const;
export type ChangeType = (typeof changeTypes)[number];

/** What made it: the provider, a changed configuration, or an admin. */
export const changeCauses = ['PROVIDER', 'CONFIGURATION', 'ADMIN'] as const;
export type ChangeCause = (typeof changeCauses)[number];

/** A change's place in the order of commits: time of archiving, then kind, account and key, bytewise. */
export interface ChangePosition {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: RecordKind;
  readonly account: string;
  readonly key: string;
  /** From when on the log was whole when the place was given, in milliseconds. @default all of it was */
  readonly logStart?: number;
}

export interface ChangesQuery {
  readonly kinds: readonly RecordKind[];
  readonly accounts: readonly string[];
  /** The operator's player names; null for all. */
  readonly players: readonly string[] | null;
  /** Those after a place; from the first on where null. */
  readonly after: ChangePosition | null;
  /** Those archived at this time or later; from the first on where null. Milliseconds. */
  readonly since: number | null;
  readonly limit: number;
}

/** How many changes there are, without looking at any. */
export interface ChangesCount extends Omit<ChangesQuery, 'limit'> {
  /** Those archived before this time; to the last where null. Milliseconds. */
  readonly before: number | null;
}

/** The order of changes. */
export function compareChanges(a: ChangePosition, b: ChangePosition): number {
  return (
    a.at - b.at ||
    recordKinds.indexOf(a.kind) - recordKinds.indexOf(b.kind) ||
    compareBytes(a.account, b.account) ||
    compareBytes(a.key, b.key)
  );
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
