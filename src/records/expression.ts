/** What an expression's values are; dates are texts such as `2026-11-01`, times milliseconds, decimals plain strings. */
export type ValueType = 'text' | 'decimal' | 'int' | 'time' | 'date' | 'bool';

export const comparisons = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof comparisons)[number];

/** What each function makes, of how many values. Any of them makes a null of a null. */
export const functions = {
  contains: { makes: 'bool', takes: ['text', 'text'] },
  startswith: { makes: 'bool', takes: ['text', 'text'] },
  endswith: { makes: 'bool', takes: ['text', 'text'] },
  tolower: { makes: 'text', takes: ['text'] },
  toupper: { makes: 'text', takes: ['text'] },
  trim: { makes: 'text', takes: ['text'] },
  concat: { makes: 'text', takes: ['text', 'text'] },
  length: { makes: 'int', takes: ['text'] },
  indexof: { makes: 'int', takes: ['text', 'text'] },
  date: { makes: 'date', takes: ['time'] },
  year: { makes: 'int', takes: ['time'] },
  month: { makes: 'int', takes: ['time'] },
  day: { makes: 'int', takes: ['time'] },
  hour: { makes: 'int', takes: ['time'] },
  minute: { makes: 'int', takes: ['time'] },
  second: { makes: 'int', takes: ['time'] },
} as const satisfies Readonly<
  Record<string, { readonly makes: ValueType; readonly takes: readonly ValueType[] }>
>;
export type FunctionName = keyof typeof functions;

/**
 * Exact arithmetic of decimals; whole numbers count as decimals. `divby` is rounded half away from zero to 18 decimals,
 * `div` is the whole number of times, `mod` has the sign of what is divided; what is divided by zero is null.
 */
export const arithmetic = ['add', 'sub', 'mul', 'neg', 'div', 'divby', 'mod'] as const;
export type Arithmetic = (typeof arithmetic)[number];

/** A provider's username, and the names that are shown in its place. */
export interface ShownName {
  readonly account: string;
  readonly username: string;
  readonly player: string;
  readonly providerUsername: string;
}

/** What can be worked out of a row in the archive's engine. */
export type Value =
  | { readonly is: 'column'; readonly column: string }
  | { readonly is: 'literal'; readonly type: ValueType; readonly value: string | number | boolean | null }
  /** The name shown for the row's player; `shown` null shows the operator's. */
  | {
      readonly is: 'name';
      readonly name: 'player' | 'providerUsername';
      readonly shown: readonly ShownName[] | null;
    }
  /** The row's id in the graph, of this type. */
  | { readonly is: 'id'; readonly type: string }
  | { readonly is: 'call'; readonly call: FunctionName | Arithmetic; readonly of: readonly Value[] };
