import type { Column } from '../../records/shape.ts';

/** A value bound to a statement: times are milliseconds, decimals plain strings. */
export type SqlValue = string | number | boolean | readonly string[];

export type ParameterType = Column['type'];

/** SQL text with `$1`, `$2` … for its values. */
export interface Statement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/**
 * What two engines spell differently: everything else of the archive's SQL is common to both. Column names
 * and numbers reach it from our own tables alone, whatever a client sent comes as a parameter.
 */
export interface Dialect {
  readonly spelling: Spelling;
  /** The text of parameter `$index`, cast so that its value has exactly the column type named. */
  parameter(index: number, type: ParameterType): string;
  /** A column as a cell: times as milliseconds and integers as doubles, decimals as text in their own scale. */
  cell(column: string, type: Column['type']): string;
  /**
   * Whether a column has one of several values, none of them null: an engine may read far more where this is spelt as
   * another would like it best.
   */
  oneOf(column: string, type: ParameterType, values: readonly SqlValue[], binder: Binder): string;
  /** The number of decimals a decimal column's values were sent with. */
  scaleOf(column: string): string;
  /**
   * Expressions whose sums together are the sum of a decimal column. `wide` asks for terms that cannot overflow
   * however large the amounts are; an engine that never overflows gives the column itself either way.
   */
  sumTerms(column: string, wide: boolean): readonly string[];
  /**
   * Pages of more rows than this first look for the time they end at, so that no more rows are read whole, and their
   * decimals spelt, than they have: for an engine without an index in the order of pages.
   */
  readonly longPage?: number;
  /**
   * The column that rows of a page are fetched by once they are found, where a condition of the page is a join: for an
   * engine that would then read every column of every row.
   */
  readonly rowId?: string;
  /** A time moved by `shift` milliseconds (an integer expression), truncated to `unit`, in milliseconds. */
  truncated(time: string, shift: string, unit: 'hour' | 'day' | 'week' | 'month'): string;
}

/** What expressions need that engines spell differently; each takes and gives SQL. */
export interface Spelling {
  /** A decimal type that no archived amount overflows. */
  readonly decimal: string;
  /** What tells a table's rows apart at no cost, where that makes a long order quicker. */
  readonly rowId?: string;
  /** A text compared by its bytes, whatever it was made of. */
  bytewise(text: string): string;
  lower(text: string): string;
  upper(text: string): string;
  /** A time's clock and calendar in UTC. */
  utc(time: string): string;
  /** A date as `2026-11-01`. */
  isoDate(time: string): string;
  /** The exact product of two decimals; an error where the engine cannot hold it. */
  product(left: string, right: string): string;
  /** The quotient of two decimals, rounded half away from zero to 18 decimals; null by zero. */
  divided(left: string, right: string): string;
  /** How many whole times one decimal goes into another; null by zero. */
  times(left: string, right: string): string;
  /** What is left over of a decimal, with its sign; null by zero. */
  remainder(left: string, right: string): string;
  /** The exact sum of a decimal column. */
  sum(decimal: string, wide: boolean): string;
  /** A sum divided by a whole number, rounded half away from zero to 18 decimals. */
  quotient(sum: string, count: string): string;
  /** A text's UTF-8 in base64url, without padding. */
  base64url(text: string): string;
}

/** Collects a statement's values while its text is written. */
export interface Binder {
  readonly dialect: Dialect;
  readonly values: readonly SqlValue[];
  /** Takes a value and returns its parameter's text. */
  bind(type: ParameterType, value: SqlValue): string;
  /** Takes values, any number of them, and returns the condition that the column has one of them. */
  oneOf(column: string, type: ParameterType, values: readonly SqlValue[]): string;
}

/** A binder that numbers parameters from 1. */
export function createBinder(dialect: Dialect): Binder {
  const values: SqlValue[] = [];
  const binder: Binder = {
    dialect,
    values,
    bind(type, value) {
      values.push(value);
      return dialect.parameter(values.length, type);
    },
    oneOf(column, type, [first, ...others]) {
      if (first === undefined) return 'false';
      // Alone, a value can be compared with what a block holds at least and at most.
      if (others.length === 0) return `${column} = ${binder.bind(type, first)}`;
      return dialect.oneOf(column, type, [first, ...others], binder);
    },
  };
  return binder;
}
