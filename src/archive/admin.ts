import type { ArchiveError } from '../errors.ts';
import type { ClockMeasure } from '../records/clock-reading.ts';
import type { Interval } from '../records/interval.ts';
import type { RecordKind } from '../records/record.ts';
import type { Archive, FeedKey, StoredRecord } from './archive.ts';
import type { AuditRecord } from './audit.ts';
import type { LedgerPart } from './ledger.ts';
import type { Remapping } from './plan-remap.ts';

/** A row set aside unread, kept once however often it was seen; times are milliseconds. */
export interface QuarantinedRow extends FeedKey {
  readonly id: string;
  /** The interval last read that had it; null where it came without one. */
  readonly interval: Interval | null;
  readonly reason: string;
  readonly raw: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly acceptedAt: number | null;
  /** How many reads have set it aside. */
  readonly timesSeen: number;
}

/** A provider's clock that fell back: times are milliseconds, all but `now` by that clock. */
export interface Reopening {
  /** What it may have shown at least when it had fallen: what was read before that keeps its time. */
  readonly fellTo: number;
  readonly providerNow: number;
  /** By the clock that reads are ordered by. */
  readonly now: number;
  /** What its answers have said of it, kept in the same transaction: what is committed from then on is dated by it too. */
  readonly measures: readonly ClockMeasure[];
}

/** A row ever set aside, whatever became of it. */
export interface SetAsideRow extends QuarantinedRow {
  /** Whether nobody accepted it and it was not read well since. */
  readonly isWaiting: boolean;
}

/** A version that was replaced, or came too late to stand, with the reads between which it was the one known. */
export interface ReplacedVersion<K extends RecordKind = RecordKind> {
  readonly record: StoredRecord<K>;
  readonly seenFrom: number;
  readonly seenUntil: number;
}

/** What an operator and the sync ask of an archive beyond its queries. */
export interface ArchiveAdmin {
  /** The feed's ledger as it was read, uncut, within `range`; oldest first. */
  ledger(feed: FeedKey, range: Interval): Promise<readonly LedgerPart[]>;
  /**
   * Dates reads of an account anew that say to be later than what the provider's clock fell to: by how long ago they were
   * made. What they held beyond that is open again, and read again. A read that was answered before and is committed
   * since, or at the same moment, is dated so as well.
   */
  reopen(account: string, kinds: readonly RecordKind[], reopening: Reopening): Promise<void>;
  /** Keeps what an account's provider's answers said of its clock: a measure of the same minutes becomes one with it. */
  writeClock(account: string, measures: readonly ClockMeasure[]): Promise<void>;
  /** What was measured of it since an instant, by the minute, the older by the hour; oldest first. */
  clock(account: string, since: number): Promise<readonly ClockMeasure[]>;
  /** Every version of a row that was replaced, oldest read first. */
  history<K extends RecordKind>(
    kind: K,
    id: { readonly account: string; readonly key: string },
  ): Promise<readonly ReplacedVersion<K>[]>;
  /** Rows that still keep an interval from being complete, oldest first. */
  quarantined(accounts: readonly string[]): Promise<readonly QuarantinedRow[]>;
  /** Every row set aside in intervals that touch the range or without one, accepted or not, oldest first. */
  setAside(feed: FeedKey, range: Interval): Promise<readonly SetAsideRow[]>;
  /** Takes rows as they are: their intervals no longer count them. Returns how many were waiting. */
  acceptQuarantined(ids: readonly string[]): Promise<number>;
  /** Writes to the audit log, and deletes what is older than `keepFrom` (milliseconds). */
  writeAudit(records: readonly AuditRecord[], keepFrom: number): Promise<void>;
  /** The audit log of a span, oldest first. */
  readAudit(span: Interval): Promise<readonly AuditRecord[]>;
  about(): Promise<ArchiveDescription>;
  /**
   * Forgets some of what is older than this, in one transaction; returns how many versions that were, 0 once there is no
   * more. Places in the log of changes before `versionsBefore` are refused from then on.
   */
  forget(before: Forgetting): Promise<number>;
  /** By which options the rows of each account were computed, as far as that is known. */
  mappings(): Promise<readonly FeedMapping[]>;
  writeMapping(mapping: FeedMapping): Promise<void>;
  /** Replaces rows by what they are now, in one transaction, as changes of the configuration's; resolves to how many. */
  remap(remapping: Remapping): Promise<number>;
  /** Lets a feed hold nothing, so that all of it is read again. */
  forgetLedger(feed: FeedKey): Promise<void>;
  /** Names every player anew after the naming the archive was opened with has changed; rewrites no row. */
  rename(): Promise<void>;
}

/** By which options an account's rows were computed. */
export interface FeedMapping {
  readonly account: string;
  /** As JSON. */
  readonly options: string;
  /** Whether a remap has begun and not ended: some rows are as they were, some as they are to be. */
  readonly isUnderWay: boolean;
}

/** What is not to be kept any longer; milliseconds. */
export interface Forgetting {
  /** Versions that were replaced before; null to keep all. */
  readonly versionsBefore: number | null;
  /** What was told of lateness by reads of days before. */
  readonly latenessBefore: number;
}

/** What an archive is; sizes in bytes, null where they cannot be told. */
export interface ArchiveDescription {
  readonly engine: 'DuckDB' | 'PostgreSQL';
  readonly version: string;
  /** The number of its last migration. */
  readonly layout: number;
  readonly bytes: number | null;
  /** About how many rows of each kind, as the engine knows it without counting. */
  readonly rows: Readonly<Record<RecordKind, number>>;
  /** The room left on its disk. */
  readonly freeBytes: number | null;
}

/** What keeps an archive from taking rows, and whether it can be read all the same. */
export interface ArchiveTrouble {
  readonly reason: string;
  readonly readable: boolean;
}

/** Whether an archive can take rows, looked at again and again. */
export interface Heartbeat {
  /** What keeps it from taking rows; null while nothing does. */
  trouble(): ArchiveTrouble | null;
  /** Resolves once it can take rows, at once where it can now. */
  able(): Promise<void>;
  /** Work has failed in a way that may concern all of it: looks now instead of at the next beat. */
  suspect(): void;
  /** Work failed for a reason that every commit would fail for as well, such as a full disk. */
  refused(error: ArchiveError): void;
  /** A commit was written. */
  written(): void;
}

/** What both archives' factories give. */
export type KeptArchive = Archive & ArchiveAdmin & { readonly heartbeat: Heartbeat };
