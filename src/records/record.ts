import type { RecordOfFields, vocabularies } from './field.ts';
import type { Interval } from './interval.ts';
import type { Kinds } from './kinds/kinds.ts';

/** A provider's name, such as `vertexplay`: which there are says the registry, and the edges check it. */
export type ProviderName = string;

export const recordKinds = ['BET', 'TRANSFER', 'SEQ_NO_FAILURE'] as const;
export type RecordKind = (typeof recordKinds)[number];

export type BetStatus = (typeof vocabularies)['BetStatus'][number];
export type BetOutcome = (typeof vocabularies)['BetOutcome'][number];
export type TransferDirection = (typeof vocabularies)['TransferDirection'][number];

/** What every record has; times are milliseconds since the epoch, UTC. */
export interface RecordHead {
  /** The provider's key: with account and kind the record's identity, for ever. */
  readonly key: string;
  /**
   * A key this record may have been known by before, its own where it says that it always was: an archived row under
   * it that has no former key is replaced by this one. Null where the record knows no other key.
   */
  readonly formerKey: string | null;
  readonly providerUsername: string;
  /** The time on the feed's axis, by which the provider is asked and its windows list the record. */
  readonly axisAt: number;
  /** The provider's time of this version; the later wins. Null where the provider sends none. */
  readonly versionAt: number | null;
  /** The provider's record as compact JSON: key order and every digit kept. */
  readonly raw: string;
}

/** The fields of a kind's own, from its table. */
export type FieldsOf<K extends RecordKind> = RecordOfFields<Kinds[K]['fields']>;

export interface Bet extends RecordHead, FieldsOf<'BET'> {}
export interface Transfer extends RecordHead, FieldsOf<'TRANSFER'> {}
export interface SeqNoFailure extends RecordHead, FieldsOf<'SEQ_NO_FAILURE'> {}

export interface RecordOf {
  readonly BET: Bet;
  readonly TRANSFER: Transfer;
  readonly SEQ_NO_FAILURE: SeqNoFailure;
}

/** A record as the archive gives it back. */
export type Stored<T extends RecordHead> = Omit<T, 'formerKey'> & {
  readonly account: string;
  readonly provider: ProviderName;
  /** The time by which ranges select it and lists are ordered, see `countedAtOf`. */
  readonly countedAt: number;
  /** When this version was archived; never decreases within an archive. */
  readonly archivedAt: number;
  /** Set when a later read of its time did not list it any more. */
  readonly vanishedAt: number | null;
  /** When its first version was archived; never moves. */
  readonly firstArchivedAt: number;
  /** When it was withdrawn; null for rows that count. */
  readonly withdrawnAt: number | null;
};

/** A row that could not be read or does not fit, set aside whole. */
export interface Quarantined {
  readonly reason: string;
  /** The row's own text, or the body's where no row could be told apart. */
  readonly raw: string;
  /** The window that was refused, where no row was: of its answers the first is kept, once a reason. */
  readonly window?: Interval;
  /** The provider's key, where the row's could be read: the row counts as listed. @default null */
  readonly key?: string | null;
}
