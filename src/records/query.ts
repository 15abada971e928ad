import type { Decimal } from './decimal.ts';
import type { Comparison, Value, ValueType } from './expression.ts';
import type { FieldSpec, FieldsWith, SumSpec } from './field.ts';
import type { Interval } from './interval.ts';
import { type Kinds, kinds } from './kinds/kinds.ts';
import type { PeriodGrid, PeriodUnit } from './period.ts';
import type { BetOutcome, BetStatus, ProviderName, RecordKind, TransferDirection } from './record.ts';

/** The time ranges select by: the feed's own axis, or when a bet was placed (else its axis, where none was sent). */
export type TimeAxis = 'SETTLED' | 'PLACED';

export type Scalar = string | number | boolean;

/**
 * A condition on rows. Column names are those of the tables in `records/kinds/`; times are milliseconds, decimals plain
 * strings. A null never satisfies a comparison, except `isNull`.
 */
export type Where =
  | { readonly op: 'and' | 'or'; readonly of: readonly Where[] }
  | { readonly op: 'not'; readonly of: Where }
  | { readonly op: 'in'; readonly column: string; readonly values: readonly Scalar[] }
  | { readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'; readonly column: string; readonly value: Scalar }
  | { readonly op: 'startsWith'; readonly column: string; readonly value: string }
  | { readonly op: 'isNull'; readonly column: string }
  /** A null equals a null alone, and is neither more nor less than anything. */
  | { readonly op: 'compare'; readonly by: Comparison; readonly left: Value; readonly right: Value }
  /** A value of type bool; a null is not true, and neither is its opposite (`is: false`). */
  | { readonly op: 'holds'; readonly value: Value; readonly is: boolean };

/** What is done about rows that their provider no longer lists. */
export const withdrawnChoices = ['exclude', 'include', 'only'] as const;
export type Withdrawn = (typeof withdrawnChoices)[number];

export interface RowQuery {
  readonly kind: RecordKind;
  /** The accounts that may be seen and were asked for; none selects nothing. */
  readonly accounts: readonly string[];
  /** Null reads the whole archive. */
  readonly range: Interval | null;
  readonly axis: TimeAxis;
  /** The operator's player names; null for all. */
  readonly players: readonly string[] | null;
  readonly where: Where | null;
  /** Whether withdrawn rows are among them, or are all that is wanted. @default exclude */
  readonly withdrawn?: Withdrawn;
}

/** How a list is ordered: by time, or by an amount, the largest first; equals then by account and key. */
export const listOrders = ['NEWEST', 'OLDEST', 'STAKE', 'NET_WIN'] as const;
export type ListOrder = (typeof listOrders)[number];

/** A row's place in the order: newest first, then account, then key, bytewise. */
export interface Position {
  readonly at: number;
  readonly account: string;
  readonly key: string;
}

export interface PageQuery extends RowQuery {
  readonly limit: number;
  /** `last` reads the page that ends before `before`; rows come newest first all the same. */
  readonly end: 'first' | 'last';
  readonly after: Position | null;
  readonly before: Position | null;
  /**
   * The columns wanted beside those that say whose a row is and where it stands; another one of such a row throws when it
   * is read. @default all
   */
  readonly columns?: readonly string[];
}

/** One page for each of several players. */
export interface PlayerPagesQuery extends PageQuery {
  readonly players: readonly string[];
}

/** One term of an order: texts bytewise, nulls before all else, or after it where it descends. */
export interface SortTerm {
  readonly value: Value;
  readonly descending: boolean;
}

/** What a page that follows another begins after: the last row's values of the order's terms. */
export type SortKey = Scalar | null;

/** One page in an order of the asker's. */
export interface SortedPlace {
  /** They tell any two rows apart. */
  readonly orderBy: readonly SortTerm[];
  /** Null begins with the first row. */
  readonly after: readonly SortKey[] | null;
  readonly skip: number;
  readonly limit: number;
}

export interface SortedQuery extends RowQuery, SortedPlace {}

/** How values are put together: exact sums and averages, the latter rounded half away from zero to 18 decimals. */
export const aggregations = ['sum', 'min', 'max', 'average', 'countdistinct'] as const;
export type Aggregation = (typeof aggregations)[number];

export interface Aggregate {
  readonly name: string;
  /** Nulls count for nothing; `count` counts rows. */
  readonly of: { readonly method: Aggregation; readonly value: Value } | { readonly method: 'count' };
}

/** One transformation of a table; the columns it has afterwards are named by `by` and `aggregates`. */
export type TableStep =
  | { readonly step: 'filter'; readonly where: Where }
  | {
      readonly step: 'group';
      readonly by: readonly { readonly name: string; readonly value: Value }[];
      readonly aggregates: readonly Aggregate[];
    };

/** A table that is made of rows step by step, the last of which groups; one page of it, or (null) how many rows it has. */
export interface TableQuery {
  readonly rows: RowQuery;
  readonly steps: readonly TableStep[];
  readonly place: SortedPlace | null;
}

/** A table's rows by column. */
export interface Table {
  readonly columns: readonly { readonly name: string; readonly type: ValueType }[];
  readonly rows: readonly (readonly SortKey[])[];
  /** Each row's values of the order's terms. */
  readonly keys: readonly (readonly SortKey[])[];
}

/** What totals of each kind can be grouped by besides a period, and the field behind it, here and in the graph. */
export const groupFields = {
  BET: {
    PROVIDER: 'provider',
    ACCOUNT: 'account',
    CURRENCY: 'currency',
    GAME: 'gameCode',
    GAME_TYPE: 'gameType',
    BET_TYPE: 'betType',
    PLAYER: 'player',
    STATUS: 'status',
    OUTCOME: 'outcome',
  },
  TRANSFER: {
    PROVIDER: 'provider',
    ACCOUNT: 'account',
    CURRENCY: 'currency',
    PLAYER: 'player',
    DIRECTION: 'direction',
  },
  SEQ_NO_FAILURE: {
    PROVIDER: 'provider',
    ACCOUNT: 'account',
    PLAYER: 'player',
    EVENT: 'event',
    STATUS_CODE: 'statusCode',
    SUCCEEDED: 'succeeded',
  },
} as const satisfies Readonly<Record<RecordKind, Readonly<Record<string, string>>>>;

export type GroupDimension<K extends RecordKind = RecordKind> = {
  [Kind in K]: keyof (typeof groupFields)[Kind];
}[K];
export type Dimension<K extends RecordKind = RecordKind> = PeriodUnit | GroupDimension<K>;

/** The fields of a kind that totals add up. */
export type SummedField<K extends RecordKind> = FieldsWith<Kinds[K]['fields'], { readonly summed: SumSpec }>;

/** The fields of a kind that totals add up, in their order. */
export function summedFields<K extends RecordKind>(kind: K): readonly SummedField<K>[] {
  const fields = Object.entries<FieldSpec>(kinds[kind].fields);
  const names = fields.flatMap(([name, { summed }]) => (summed === undefined ? [] : [name]));
  // The names are those of the table that the type comes from.
  return names as unknown as readonly SummedField<K>[];
}

export interface TotalsQuery extends RowQuery {
  /** Without the period dimensions, which `periods` carries. */
  readonly groupBy: readonly GroupDimension[];
  readonly periods: PeriodGrid | null;
  /** Whether it is asked for; null in the answer otherwise. Distinct counts cost a pass of their own. */
  readonly countPlayers: boolean;
  readonly countRounds: boolean;
  /** Which sums are wanted, by name; those left out are absent from the answer. @default all the kind has */
  readonly sums?: readonly string[];
}

/** A group's row, whatever its kind; the fields of what was not grouped by are null. */
interface TotalsHead {
  readonly period: Interval | null;
  readonly provider: ProviderName | null;
  readonly account: string | null;
  readonly player: string | null;
  readonly count: number;
  readonly playerCount: number | null;
  /** Every currency that was added up, in order; none of a kind without money. */
  readonly currencies: readonly string[];
}

/** Exact sums, their scale the largest summed; null where there was no value to add. */
export type Sums<Name extends string> = Readonly<Record<Name, Decimal | null>>;

export interface TotalsRowOf {
  readonly BET: TotalsHead & {
    readonly currency: string | null;
    readonly gameCode: string | null;
    readonly gameType: string | null;
    readonly betType: string | null;
    readonly status: BetStatus | null;
    readonly outcome: BetOutcome | null;
    readonly roundCount: number | null;
    readonly sums: Sums<SummedField<'BET'>>;
  };
  readonly TRANSFER: TotalsHead & {
    readonly currency: string | null;
    readonly direction: TransferDirection | null;
    /** `deposits` and `withdrawals` are the parts of `amount` by direction, signed as it is. */
    readonly sums: Sums<SummedField<'TRANSFER'> | 'deposits' | 'withdrawals'>;
  };
  readonly SEQ_NO_FAILURE: TotalsHead & {
    readonly event: string | null;
    readonly statusCode: number | null;
    readonly succeeded: boolean | null;
    /** How many did not succeed. */
    readonly failedCount: number;
    readonly sums: Sums<never>;
  };
}
export type TotalsRow<K extends RecordKind = RecordKind> = TotalsRowOf[K];
