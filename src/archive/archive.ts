import type {
  ChangeCause,
  ChangePosition,
  ChangesCount,
  ChangesQuery,
  ChangeType,
} from '../records/change.ts';
import type { Doubt, Doubting } from '../records/contradiction.ts';
import type { HeldPart } from '../records/coverage.ts';
import type { FlatForm, LineFormat } from '../records/flat.ts';
import type { Interval } from '../records/interval.ts';
import type { LatenessHistogram } from '../records/lateness.ts';
import type { PeriodGrid } from '../records/period.ts';
import type {
  PageQuery,
  PlayerPagesQuery,
  Position,
  RowQuery,
  SortedQuery,
  SortKey,
  Table,
  TableQuery,
  TotalsQuery,
  TotalsRow,
} from '../records/query.ts';
import type { ProviderName, Quarantined, RecordKind, RecordOf, Stored } from '../records/record.ts';

export interface FeedKey {
  readonly account: string;
  readonly kind: RecordKind;
}

/** What one read of a provider brought: rows and the interval they are the whole truth of, kept in one transaction. */
export interface Commit<K extends RecordKind = RecordKind> {
  readonly account: string;
  readonly provider: ProviderName;
  readonly kind: K;
  /** What was really read; null for rows by which no interval is held (a detail, a cut answer). */
  readonly interval: Interval | null;
  /** When the request left. The ledger keeps the later of two reads of the same instant. */
  readonly readAt: number;
  /** What the provider's clock showed at least when the read left, in milliseconds. @default not known */
  readonly providerAt?: number;
  readonly rows: readonly RecordOf[K][];
  readonly quarantined: readonly Quarantined[];
  /** What it may say of rows it does not list. @default nothing */
  readonly doubting?: Doubting;
  /** How old a row may be that a live read lists for the first time; milliseconds. @default nothing is told of lateness */
  readonly liveWithin?: number;
  /** The lease this was read under: a commit whose lease another took over rejects with a LeaseLostError. */
  readonly fence?: Fence;
}

export interface CommitResult {
  readonly inserted: number;
  /** Newer versions of rows already there; the older ones went to the history. */
  readonly changed: number;
  /** Of the changed, those whose time on the axis is another. */
  readonly moved: number;
  /** Of the inserted, those whose time an earlier read covered without listing them. */
  readonly late: number;
  /** How late the inserted were first listed, where that can be told. @default of none of them */
  readonly lateness?: LatenessHistogram;
  /** The same key more than once in this batch. */
  readonly duplicates: number;
  /** Rows of the interval that this read did not list any more; kept, and marked. */
  readonly vanished: number;
  /** Rows that came into doubt, were withdrawn, and were restored. */
  readonly contradicted: number;
  readonly withdrawn: number;
  readonly restored: number;
}

/** What a commit shows to prove that nobody took its window over; `token` grows with every lease given. */
export interface Fence extends FeedKey {
  /** The leased window's start; null for the feed itself. */
  readonly from: number | null;
  readonly token: number;
}

/** The right of one process to fill a window. */
export interface Lease {
  readonly fence: Fence;
  /** Extends it by `ttlMs`; false once another took it over. To be called well before it runs out. */
  renew(): Promise<boolean>;
  /** Gives the lease back and lets other processes know. Does nothing when the lease was lost. */
  release(): Promise<void>;
}

/** Whether an account's provider is to be asked, as an admin says. */
export interface Order {
  readonly account: string;
  readonly asked: boolean;
}

/** What an admin says in one process, told to all others that share the archive and run at that moment. */
export interface Orders {
  /** Rejects with an ArchiveError where they cannot be told. */
  tell(order: Order): Promise<void>;
  /** Told of the other processes' orders. */
  onOrder(listener: (order: Order) => void): void;
}

/** How usernames become the operator's names, by a version that tells it from any other. */
export interface Naming {
  readonly version: string;
  /** As JSON. */
  readonly content: string;
}

/** The one naming that all processes at an archive apply. */
export interface SharedNaming {
  /** Null where none was put in force yet. */
  read(): Promise<Naming | null>;
  put(naming: Naming): Promise<void>;
  /** Told of what other processes put in force; news can be lost with a connection. */
  onPut(listener: (naming: Naming) => void): void;
}

/**
 * Windows filled by one process at a time, where several share an archive. News comes from other processes alone
 * and can be lost with a connection: whoever waits looks into the ledger again after `ttlMs`.
 */
export interface Leases {
  /** How long a lease lasts that is not renewed, in milliseconds. */
  readonly ttlMs: number;
  /**
   * The lease of a window, or of the feed itself for null; null while another process holds it. The window may
   * have come while it was not held: the ledger is to be read after this, not before.
   */
  acquire(feed: FeedKey, window: Interval | null): Promise<Lease | null>;
  /** Tells which interval another process committed; returns how to stop listening. */
  onCommitted(listener: (feed: FeedKey, interval: Interval) => void): () => void;
  /** Tells which lease another process gave back, whether its window came or not. */
  onReleased(listener: (feed: FeedKey, from: number | null) => void): () => void;
  /** How many messages came over the processes' channel that none of them sent; each was ignored. */
  unreadable(): number;
}

/** A feed and how its reads age; durations in milliseconds. */
export interface FeedAge extends FeedKey {
  readonly settlementLag: number;
  /** A read at or after an instant plus this is final: the longest planned revisit, at least `settlementLag`. */
  readonly finalAfter: number;
}

/** Parts of a feed's ledger as one: touching ones of one state are joined, one with quarantined rows stands alone. */
export interface HeldSpan extends FeedKey, HeldPart {}

export interface StoredOf {
  readonly BET: Stored<RecordOf['BET']>;
  readonly TRANSFER: Stored<RecordOf['TRANSFER']>;
  readonly SEQ_NO_FAILURE: Stored<RecordOf['SEQ_NO_FAILURE']>;
}
export type StoredRecord<K extends RecordKind = RecordKind> = StoredOf[K];

/** An entry of the log of what became of rows. */
export interface StoredChange<K extends RecordKind = RecordKind> extends ChangePosition {
  readonly type: ChangeType;
  readonly cause: ChangeCause;
  /** As the row was until then; null where it was in no list: it was added, or had been withdrawn. */
  readonly before: StoredRecord<K> | null;
  /** As it was from then on; null where it was withdrawn. */
  readonly after: StoredRecord<K> | null;
}

/** A row that a whole read of its time did not list, not confirmed yet. */
export interface FeedDoubt extends FeedKey, Doubt {}

/** Rows of a page in an order of the asker's, each with its values of the order's terms. */
export interface SortedRows<K extends RecordKind = RecordKind> {
  readonly rows: readonly StoredRecord<K>[];
  readonly keys: readonly (readonly SortKey[])[];
}

export interface Username {
  readonly account: string;
  readonly username: string;
  readonly player: string;
}

/** Players by the operator's names, each once, in the order of their bytes. */
export interface PlayersQuery {
  /** Those seen at one of these accounts. */
  readonly accounts: readonly string[];
  /** What a name begins with; empty for all. */
  readonly prefix: string;
}

/** Some lines of text in UTF-8, and how many they are. */
export interface Lines {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** A page that was written: its rows, and the place it ends at; null where nothing follows. */
export interface WrittenPage extends Lines {
  readonly end: Position | null;
}

/** What tells one account's rows of one period from any others. */
export interface PeriodChecksum {
  readonly account: string;
  readonly period: Interval;
  readonly rows: number;
  /** Of the rows' digests, whatever their order: 16 hexadecimal digits. */
  readonly checksum: string;
  /** When the last of them was archived. */
  readonly archivedAt: number;
}

/**
 * Rows and ledger on disk. Every method rejects with an ArchiveError when the archive cannot be reached or written.
 * A `coverage` read before a `page` never claims more than the page shows.
 */
export interface Archive {
  /** One transaction: all of it or nothing. Commits of one process may be grouped. */
  commit<K extends RecordKind>(commit: Commit<K>): Promise<CommitResult>;
  /** The ledger's parts within `range`, cut to it; by account, kind and time, oldest first. */
  coverage(feeds: readonly FeedAge[], range: Interval): Promise<readonly HeldSpan[]>;
  /** Rows newest first, then account, then key, bytewise. */
  page<K extends RecordKind>(query: PageQuery & { readonly kind: K }): Promise<readonly StoredRecord<K>[]>;
  /** The page of each of the query's players, all read at once; a player without rows is left out. */
  playerPages<K extends RecordKind>(
    query: PlayerPagesQuery & { readonly kind: K },
  ): Promise<ReadonlyMap<string, readonly StoredRecord<K>[]>>;
  count(query: RowQuery): Promise<number>;
  /** What became of rows, in the order of commits: nothing is ever added before a place that was given. */
  changes(query: ChangesQuery): Promise<readonly StoredChange[]>;
  countChanges(query: ChangesCount): Promise<number>;
  /** How late a feed's rows were first listed by reads of this day (UTC) or later; milliseconds. */
  lateness(feed: FeedKey, since: number): Promise<LatenessHistogram>;
  /** Rows of these accounts that are in doubt, by their time on the feed's axis. */
  doubts(accounts: readonly string[], range: Interval): Promise<readonly FeedDoubt[]>;
  /**
   * When rows were listed last, by the provider's clock where the archive was in doubt of them, else when they were read
   * as they stand, by ours; keys that are not there are left out.
   */
  lastListed(feed: FeedKey, keys: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** A page in any order, sorted and skipped in the engine; with each row its values of the order's terms. */
  sorted<K extends RecordKind>(query: SortedQuery & { readonly kind: K }): Promise<SortedRows<K>>;
  /** A page of what is made of rows by grouping them; where it has no place, one cell: how many rows there are. */
  table(query: TableQuery): Promise<Table>;
  totals<K extends RecordKind>(query: TotalsQuery & { readonly kind: K }): Promise<readonly TotalsRow<K>[]>;
  /** The rows that exist, in no particular order. */
  byKeys<K extends RecordKind>(
    kind: K,
    ids: readonly { readonly account: string; readonly key: string }[],
  ): Promise<readonly StoredRecord<K>[]>;
  /** The versions of these rows that were replaced, or came too late to stand, oldest read first. */
  versions<K extends RecordKind>(
    kind: K,
    ids: readonly { readonly account: string; readonly key: string }[],
  ): Promise<readonly StoredRecord<K>[]>;
  /** Every row of a query in the order of `page`, in batches, read as they are taken. */
  stream<K extends RecordKind>(
    query: RowQuery & { readonly kind: K },
  ): AsyncIterable<readonly StoredRecord<K>[]>;
  /**
   * Flat rows in the order of `stream`, each as its line of CSV (guarded, without a header) or JSON, line end included.
   * Left out where an archive is no quicker at it than its caller.
   */
  readonly writeLines?: (query: RowQuery, form: FlatForm, format: LineFormat) => AsyncIterable<Lines>;
  /**
   * A page's flat rows, newest first, as JSON objects with commas between them, decimals as numbers or as strings. Its
   * form shows the operator's names. Left out like `writeLines`.
   */
  readonly writePage?: (
    query: RowQuery & { readonly limit: number; readonly after: Position | null },
    form: FlatForm & { readonly shown: null },
    decimals: 'numbers' | 'strings',
  ) => Promise<WrittenPage>;
  /**
   * Flat rows as a Parquet file at `path`, in no particular order: decimals DECIMAL(38, 18), times in UTC, zstd.
   * Resolves to how many there are; an aborted signal rejects it soon. Left out like `writeLines`.
   */
  readonly writeParquet?: (
    query: RowQuery,
    form: FlatForm,
    path: string,
    signal?: AbortSignal,
  ) => Promise<number>;
  /**
   * A text that changes whenever a row of the query comes, goes or is replaced. Where an archive cannot tell
   * cheaply it leaves this out, and exports answer without an ETag.
   */
  readonly fingerprint?: (query: RowQuery) => Promise<string>;
  /** What each account's rows of each period add up to that has any, oldest first. */
  checksums(query: RowQuery, periods: PeriodGrid): Promise<readonly PeriodChecksum[]>;
  /** The provider usernames ever seen that the operator knows by one of these names; all of them for null. */
  usernames(players: readonly string[] | null): Promise<readonly Username[]>;
  /** Names beyond `after` (null for the first), at most `limit` (null for all). */
  players(
    query: PlayersQuery & { readonly after: string | null; readonly limit: number | null },
  ): Promise<readonly string[]>;
  countPlayers(query: PlayersQuery): Promise<number>;
  /**
   * The same archive for one asker: once the signal is aborted its reads reject with the signal's reason, and the engine
   * is told to stop. Left out where reads end soon by themselves.
   */
  readonly readsFor?: (wanted: AbortSignal) => Archive;
  /** Left out where no other process can share the archive. */
  readonly leases?: Leases;
  /** Likewise. */
  readonly orders?: Orders;
  /** Left out where one process alone can open the archive. */
  readonly naming?: SharedNaming;
  close(): Promise<void>;
}
