import type { Decimal } from './decimal.ts';

/** What a field's values are; times are milliseconds since the epoch, UTC. */
interface FieldValues {
  readonly text: string;
  readonly decimal: Decimal;
  readonly time: number;
  readonly int: number;
  readonly bool: boolean;
  readonly texts: readonly (string | null)[];
}
export type FieldType = keyof FieldValues;

/** The texts a field of a fixed vocabulary can have, by the vocabulary's name in the graph. */
export const vocabularies = {
  BetStatus: ['OPEN', 'SETTLED', 'REFUNDED', 'UNKNOWN'],
  BetOutcome: ['WIN', 'LOSE', 'PUSH', 'UNKNOWN'],
  TransferDirection: ['DEPOSIT', 'WITHDRAWAL'],
} as const;
export type Vocabulary = keyof typeof vocabularies;

/** How totals add a decimal field up. */
export interface SumSpec {
  /** Of the sum, in the graph. */
  readonly description: string;
  /** Of the figure to order rows of totals by. */
  readonly measure: string;
  /** Whether a sum over no value at all is null rather than zero. @default false */
  readonly nullable?: true;
}

/** One field of a record, for every place that needs to know it. */
export interface FieldSpec {
  readonly type: FieldType;
  /** @default false */
  readonly nullable?: true;
  /** What the graph's users read. */
  readonly description: string;
  /** The vocabulary of a text. @default none: any text */
  readonly of?: Vocabulary;
  /** The object it is a field of in the graph; flat rows leave it out, as they do lists. @default none */
  readonly nested?: string;
  /** Shown nowhere: neither in the graph nor in flat rows. @default false */
  readonly internal?: true;
  /** Whether totals add it up. @default not */
  readonly summed?: SumSpec;
  /**
   * Which time axis it is: `SETTLED` and `PLACED` are what the graph's TimeAxis says, `ONLY` the one time by which
   * ranges select rows of a kind that has no choice. @default none
   */
  readonly axis?: 'SETTLED' | 'PLACED' | 'ONLY';
  /** Whether it carries the player's name at the provider, and is sealed for those who may not see it. @default false */
  readonly sealed?: true;
}

export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

type ValueOf<F extends FieldSpec> =
  | (F extends { readonly of: infer V extends Vocabulary }
      ? (typeof vocabularies)[V][number]
      : FieldValues[F['type']])
  | (F extends { readonly nullable: true } ? null : never);

/** The record that a table of fields describes: every field is there, null where it is nullable and was not sent. */
export type RecordOfFields<F extends FieldSpecs> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** The names of a table's fields that have this in their specification. */
export type FieldsWith<F extends FieldSpecs, Spec> = {
  [Name in keyof F & string]: F[Name] extends Spec ? Name : never;
}[keyof F & string];

/** A condition that the graph's filters and the exports' parameters offer, on top of those every kind has. */
export interface FilterSpec<Field extends string = string> {
  /** The field it looks at, or `key` for the provider's key. */
  readonly field: Field | 'key';
  readonly description: string;
  /** Whether it takes one value rather than a list of which any will do. @default false */
  readonly single?: true;
  /** Of one that takes one value: whether rows of that value or more, or of that or less, are wanted. @default equal */
  readonly bound?: 'ge' | 'le';
}

export type FilterSpecs<Field extends string = string> = Readonly<Record<string, FilterSpec<Field>>>;

/** Everything there is to know of a kind of record. */
export interface KindSpec<
  F extends FieldSpecs = FieldSpecs,
  Filters extends FilterSpecs = FilterSpecs,
  Name extends string = string,
> {
  /** The graph's type. */
  readonly name: Name;
  /** The table on both archives. */
  readonly table: string;
  /** How the provider's key is shown; null where a field of the kind's own says it better. */
  readonly key: { readonly name: string; readonly description: string } | null;
  /** Of the field `player`. */
  readonly player: string;
  /** In the order in which they are shown and stored. */
  readonly fields: F;
  /** In the order in which they are shown. */
  readonly filters: Filters;
}

const types: Readonly<Record<FieldType, true>> = {
  text: true,
  decimal: true,
  time: true,
  int: true,
  bool: true,
  texts: true,
};

/** The kind itself, once it is sure that its table can be read; throws a TypeError naming the field that cannot. */
export function defineKind<
  const F extends FieldSpecs,
  const Filters extends FilterSpecs<keyof F & string>,
  const Name extends string,
>(kind: KindSpec<F, Filters, Name>): KindSpec<F, Filters, Name> {
  for (const [name, spec] of Object.entries(kind.fields)) checkField(`${kind.name}.${name}`, spec);
  for (const [name, { field }] of Object.entries(kind.filters)) {
    if (field === 'key' || Object.hasOwn(kind.fields, field)) continue;
    throw new TypeError(`${kind.name}: filter ${name} expected one of the kind's fields, got "${field}"`);
  }
  return kind;
}

const said: Readonly<Record<keyof FieldSpec, true>> = {
  type: true,
  nullable: true,
  description: true,
  of: true,
  nested: true,
  internal: true,
  summed: true,
  axis: true,
  sealed: true,
};

/** Throws a TypeError naming the field where its type, or what is said of it, is not among those there are. */
export function checkField(name: string, spec: FieldSpec): void {
  const { type, of, summed, axis } = spec;
  const unknown = Object.keys(spec).find((key) => !Object.hasOwn(said, key));
  if (unknown !== undefined) {
    throw new TypeError(`${name}: expected only ${Object.keys(said).join(', ')}, got "${unknown}"`);
  }
  if (!Object.hasOwn(types, type)) {
    throw new TypeError(`${name}: expected a type of ${Object.keys(types).join(', ')}, got "${type}"`);
  }
  if (of !== undefined && !Object.hasOwn(vocabularies, of)) {
    const known = Object.keys(vocabularies).join(', ');
    throw new TypeError(`${name}: expected a vocabulary of ${known}, got "${of}"`);
  }
  if (summed !== undefined && type !== 'decimal') {
    throw new TypeError(`${name}: expected type decimal of a field that totals add up, got "${type}"`);
  }
  if (axis !== undefined && type !== 'time') {
    throw new TypeError(`${name}: expected type time of a field that is a time axis, got "${type}"`);
  }
}
