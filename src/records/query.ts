import type { Decimal } from './decimal.ts';
import type { Interval } from './interval.ts';
import type { PeriodGrid } from './period.ts';
import type { ProviderName, RecordKind } from './record.ts';

/** The time ranges select by: the feed's own axis, or when a bet was placed (else its axis, where none was sent). */
export type TimeAxis = 'SETTLED' | 'PLACED';

export type Scalar = string | number | boolean;

/**
 * A condition on rows. Column names are those of `records/shape.ts`; times are milliseconds, decimals plain
 * strings. A null never satisfies a comparison, except `isNull`.
 */
export type Where =
  | { readonly op: 'and' | 'or'; readonly of: readonly Where[] }
  | { readonly op: 'not'; readonly of: Where }
  | { readonly op: 'in'; readonly column: string; readonly values: readonly Scalar[] }
  | { readonly op: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'; readonly column: string; readonly value: Scalar }
  | { readonly op: 'startsWith'; readonly column: string; readonly value: string }
  | { readonly op: 'isNull'; readonly column: string };

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
}

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
}

export const dimensions = [
  'HOUR',
  'DAY',
  'WEEK',
  'MONTH',
  'PROVIDER',
  'ACCOUNT',
  'CURRENCY',
  'GAME',
  'GAME_TYPE',
  'BET_TYPE',
  'PLAYER',
  'STATUS',
  'OUTCOME',
] as const;
export type Dimension = (typeof dimensions)[number];

/** The bet columns that totals add up. */
export const summedColumns = [
  'stake',
  'validStake',
  'payout',
  'netWin',
  'refund',
  'jackpotWin',
  'jackpotContribution',
  'rebate',
] as const;
export type SummedColumn = (typeof summedColumns)[number];

export interface TotalsQuery extends RowQuery {
  /** Without the period dimensions, which `periods` carries. */
  readonly groupBy: readonly Exclude<Dimension, 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'>[];
  readonly periods: PeriodGrid | null;
  /** Whether anybody wants to know; null in the answer otherwise. Distinct counts cost a pass of their own. */
  readonly countPlayers: boolean;
  readonly countRounds: boolean;
}

export interface TotalsRow {
  readonly period: Interval | null;
  readonly provider: ProviderName | null;
  readonly account: string | null;
  readonly currency: string | null;
  readonly gameCode: string | null;
  readonly gameType: string | null;
  readonly betType: string | null;
  readonly player: string | null;
  readonly status: string | null;
  readonly outcome: string | null;
  readonly count: number;
  readonly playerCount: number | null;
  readonly roundCount: number | null;
  /** Every currency that was added up, in order. */
  readonly currencies: readonly string[];
  /** Exact sums, their scale the largest summed; null where every value was null. */
  readonly sums: Readonly<Record<SummedColumn, Decimal | null>>;
}
