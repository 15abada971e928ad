import type { z } from 'zod';
import type { AxisField } from '../records/axis.ts';
import type { Interval } from '../records/interval.ts';
import type { PaceRule } from '../records/pace.ts';
import type { Bet, ProviderName, Quarantined, RecordKind, RecordOf, Transfer } from '../records/record.ts';
import type { Delay, Departure, Exchange } from '../upstream/call.ts';
import type { Turn } from '../upstream/turn.ts';
import type { CreateSandbox } from './sandbox.ts';

/**
 * How often, how far back and for how long an interval a provider may be asked, and when its rows are complete;
 * durations in milliseconds. Any account may override any of them.
 */
export interface FeedLimits {
  /** The longest interval one call may ask for; null where the provider states none. */
  readonly maxWindow: number | null;
  /** The size of a window, the unit of dispatch. */
  readonly grid: number;
  /** Between one request and the next under the same pace key. */
  readonly minInterval: number;
  readonly quota: { readonly calls: number; readonly per: number } | null;
  /** How long the provider keeps rows; null where it states no end. */
  readonly retention: number | null;
  /** As many rows in one answer mean it may have been cut; null where the answer comes in pages. */
  readonly rowCap: number | null;
  /** Whether a round number of rows may have been cut there. @default where no cap is declared */
  readonly suspectsRound?: boolean;
  /** A window read before its end plus this may still lack rows. */
  readonly settlementLag: number;
  /** An open window older than this is read again when asked for. */
  readonly openMaxAge: number;
  /** How long after a read that missed an archived row another must miss it too before the row is withdrawn. */
  readonly confirmAfter: number;
  /** A bet placed now is settled within this. */
  readonly settlesWithin: number;
  readonly timeout: number;
  readonly maxAttempts: number;
}

/**
 * How an interval is listed. `whole`: by one answer, cut at `rowCap`. `pages`: by numbered pages, with a total or
 * without. `cursor`: by answers that say how to go on (`Page.next`), also where an answer ends before its interval does.
 */
export type Paging = 'whole' | 'pages' | 'cursor';

/** One record kind a provider serves, as data. */
export interface FeedSpec {
  readonly kind: RecordKind;
  /** Defaults, from the provider's own document. */
  readonly limits: FeedLimits;
  readonly paging: Paging;
  /** The finest time a request can spell: 1, or 1,000 for whole seconds. */
  readonly stepMs: number;
}

export interface ProviderAccount<C, O> {
  readonly id: string;
  readonly currency: string | null;
  readonly credentials: C;
  readonly options: O;
}

export interface CallContext {
  readonly turn: Turn;
  readonly limits: FeedLimits;
  /** After so many attempts that did not come in time the call is given back. @default as many as of any others */
  readonly mostTimeouts?: number;
  readonly signal?: AbortSignal;
  readonly onDelay?: (delay: Delay) => void;
}

export interface PageAsk extends CallContext {
  /** The interval to ask, decided when the call leaves. May throw a NothingToAskError. */
  readonly interval: (departure: Departure) => Interval;
  /** From 1; always 1 where the feed's paging is `whole`. */
  readonly page: number;
  /** What the answer before gave as `next`; null or absent for the first. */
  readonly cursor?: string | null;
}

export interface Page<K extends RecordKind = RecordKind> {
  /** What was really asked, and when the request left. */
  readonly interval: Interval;
  readonly askedAt: number;
  readonly rows: readonly RecordOf[K][];
  readonly quarantined: readonly Quarantined[];
  /** Fields of rows that the provider's document does not have. @default none */
  readonly unknownFields?: readonly string[];
  /** Rows as the provider sent them, the quarantined included. */
  readonly count: number;
  /** The provider's own count over all pages; null where it gives none. */
  readonly total: number | null;
  /** The page size asked for; null where paging is `whole`. */
  readonly pageSize: number | null;
  /** Where paging is `cursor`: what to go on with, a token or an offset as text. @default null, the list ends here */
  readonly next?: string | null;
  /** Where `next` is given: everything before this instant was listed, here or by the answers before. @default unknown */
  readonly coveredTo?: number;
}

export interface DetailAsk extends CallContext {
  readonly key: string;
  readonly range: Interval;
}

export interface TransferCheckAsk extends CallContext {
  readonly code: string;
}

/** What asking for one transfer by its code came to. */
export interface CheckedTransfer {
  readonly operation: string;
  /** When the request left, by our wall clock. */
  readonly askedAt: number;
  /** Null for whatever is not that transfer beyond doubt: it proves nothing. */
  readonly transfer: Transfer | null;
}

/** One account's connection to its provider. */
export interface Connection {
  /** Reads one page; rejects with an UpstreamError or a NothingToAskError. */
  readPage(kind: RecordKind, ask: PageAsk): Promise<Page>;
  /** The rule a feed's calls are paced by. */
  paceOf(kind: RecordKind, limits: FeedLimits): PaceRule;
  /** The time by which a feed is asked, where an option chooses another than the one its rows count by. */
  readonly axisOf?: (kind: RecordKind) => AxisField;
  /**
   * A record computed anew from what is archived of its row; a fault, which opens with the field's name, where these options
   * cannot read it. Absent where no option changes how rows are read.
   */
  readonly readRaw?: (kind: RecordKind, raw: string) => RecordOf[RecordKind] | { readonly fault: string };
  /** Reads one bet by its key; null where the provider does not know it. Absent where it has no such operation. */
  readonly readDetail?: (ask: DetailAsk) => Promise<Bet | null>;
  /**
   * Asks for one transfer by its code, once. What is not found, refused or not answered is a null, not an error: nothing
   * follows from it. Absent where the provider has no such operation.
   */
  readonly checkTransfer?: (ask: TransferCheckAsk) => Promise<CheckedTransfer | null>;
}

export interface ConnectDeps {
  readonly exchange: Exchange;
  /** Milliseconds since the epoch, by which sessions grow old. @default Date.now */
  readonly clock?: () => number;
}

/** One provider's protocol: capabilities as data, `connect` for the rest. Errors in credentials throw a UsageError. */
export interface Provider<C = unknown, O = unknown> {
  /** Lower-case letters and digits: the configuration's spelling, and in capitals the graph's. */
  readonly name: ProviderName;
  /** The name people use. */
  readonly title: string;
  /** What it lists, in a few words: the graph's documentation of the name. */
  readonly summary: string;
  readonly credentials: z.ZodType<C>;
  readonly options: z.ZodType<O>;
  /** Options that change what a row is read as: another value asks for what is archived to be computed anew. @default none */
  readonly mappingOptions?: readonly string[];
  /** Whether rows carry no currency, so that the account must declare it. */
  readonly needsCurrency: boolean;
  readonly feeds: readonly FeedSpec[];
  connect(account: ProviderAccount<C, O>, deps: ConnectDeps): Connection;
  /** Its strict other side, for the demo and for tests; loaded only where it is asked for. */
  readonly loadSandbox: () => Promise<CreateSandbox>;
}
