import { axisField } from './axis.ts';
import type { ShownName } from './expression.ts';
import { kinds } from './kinds/kinds.ts';
import type { RecordKind } from './record.ts';
import { type Column, headColumns, keyName, kindColumns } from './shape.ts';

/** A column of the flat rows of exports and OData, under the graph's name for the field. */
export interface FlatColumn {
  readonly name: string;
  readonly type: Exclude<Column['type'], 'texts'>;
  readonly nullable: boolean;
  /** The archive's column behind it; null where the value is made at read (`id`, `player`). */
  readonly stored: string | null;
  /** Whether it carries the player's name at the provider, and is sealed for those who may not see it. @default false */
  readonly sealed?: true;
}

/** The graph's type that a flat row's `id` speaks of. */
export const idTypeOf = {
  BET: kinds.BET.name,
  TRANSFER: kinds.TRANSFER.name,
  SEQ_NO_FAILURE: kinds.SEQ_NO_FAILURE.name,
} as const;

/** How flat rows are written a line each. */
export type LineFormat = 'csv' | 'ndjson';

/** Flat rows as one viewer may see them. */
export interface FlatForm {
  /** A column with nothing stored behind it, but for `id` and `player`, is null in every row. */
  readonly columns: readonly FlatColumn[];
  /** What is shown for every username; null shows the operator's names. */
  readonly shown: readonly ShownName[] | null;
}

/** The field that ranges select by, in flat rows. */
export const axisFieldOf: Readonly<Record<RecordKind, string>> = {
  BET: axisField('BET', 'SETTLED'),
  TRANSFER: axisField('TRANSFER', 'SETTLED'),
  SEQ_NO_FAILURE: axisField('SEQ_NO_FAILURE', 'SETTLED'),
};

const rawColumn: FlatColumn = { name: 'raw', type: 'text', nullable: true, stored: 'raw' };

function made(name: string): FlatColumn {
  return { name, type: 'text', nullable: false, stored: null };
}

function kept(column: Column): FlatColumn[] {
  const { name, type, nullable, flat, sealed } = column;
  if (!flat || type === 'texts') return [];
  return [{ name, type, nullable, stored: name, ...(sealed && { sealed: true as const }) }];
}

function columnsOf(kind: RecordKind): readonly FlatColumn[] {
  const [account, provider, ...rest] = headColumns.flatMap(kept);
  // What the archive knows of a row comes last.
  const archived = rest.filter(({ name }) => name !== 'providerUsername');
  const username = rest.filter(({ name }) => name === 'providerUsername');
  // A failed sequence has no field for its key in the graph: `seqNo` and `id` say it.
  const key: FlatColumn[] =
    keyName[kind] === 'key' ? [] : [{ name: keyName[kind], type: 'text', nullable: false, stored: 'key' }];
  const own = kindColumns[kind].flatMap(kept);
  return [made('id'), ...key, account!, provider!, made('player'), ...username, ...own, ...archived];
}

const columns: Readonly<Record<RecordKind, readonly FlatColumn[]>> = {
  BET: columnsOf('BET'),
  TRANSFER: columnsOf('TRANSFER'),
  SEQ_NO_FAILURE: columnsOf('SEQ_NO_FAILURE'),
};

/** Every column of a kind's flat rows, in order; `raw` comes last, and only when asked for. */
export function flatColumns(kind: RecordKind, options: { readonly raw: boolean }): readonly FlatColumn[] {
  return options.raw ? [...columns[kind], rawColumn] : columns[kind];
}
