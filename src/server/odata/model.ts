import { sumAmounts } from '../../graph/totals/amounts.ts';
import { type FlatColumn, flatColumns } from '../../records/flat.ts';
import type { RecordKind } from '../../records/record.ts';

/** A property of an entity: a flat row's column, or one of totals and coverage. */
export interface Property {
  readonly name: string;
  readonly type: FlatColumn['type'] | 'date' | 'count';
  readonly nullable: boolean;
  /** The archive's column behind it; null where there is none. */
  readonly stored: string | null;
  /** Whether its text is sealed for those who may not see players' names. @default false */
  readonly sealed?: true;
}

export interface EntityType {
  readonly name: string;
  readonly key: readonly string[];
  readonly properties: readonly Property[];
}

export interface EntitySet {
  readonly name: string;
  readonly type: EntityType;
}

export interface RowSet extends EntitySet {
  readonly kind: RecordKind;
}

function made(name: string, type: Property['type'], nullable = false): Property {
  return { name, type, nullable, stored: null };
}

/** The entity sets of rows, `raw` among their properties only when asked for. */
export function rowSets({ raw }: { readonly raw: boolean }): readonly RowSet[] {
  const set = (name: string, typeName: string, kind: RecordKind): RowSet => ({
    name,
    kind,
    type: { name: typeName, key: ['id'], properties: flatColumns(kind, { raw }) },
  });
  return [
    set('Bets', 'Bet', 'BET'),
    set('Transfers', 'Transfer', 'TRANSFER'),
    set('SeqNoFailures', 'SeqNoFailure', 'SEQ_NO_FAILURE'),
  ];
}

/** Totals of bets by UTC day, account and currency. */
export const betTotals: EntitySet = {
  name: 'BetTotals',
  type: {
    name: 'BetTotalsRow',
    key: ['day', 'account', 'currency'],
    properties: [
      made('day', 'date'),
      made('account', 'text'),
      made('provider', 'text'),
      made('currency', 'text'),
      made('betCount', 'count'),
      made('playerCount', 'count'),
      ...sumAmounts('BET').map(({ name, nullable }) => made(name, 'decimal', nullable)),
      made('grossGamingRevenue', 'decimal'),
    ],
  },
};

/** Which parts of time are held, feed by feed, and why the others are not. */
export const coverage: EntitySet = {
  name: 'Coverage',
  type: {
    name: 'CoveragePart',
    key: ['account', 'kind', 'from'],
    properties: [
      made('account', 'text'),
      made('kind', 'text'),
      made('from', 'time'),
      made('to', 'time'),
      made('state', 'text'),
      made('reason', 'text', true),
      made('retryAt', 'time', true),
      made('message', 'text', true),
    ],
  },
};

/** The property of that name; undefined where there is none. */
export function findProperty(type: EntityType, name: string): Property | undefined {
  return type.properties.find((property) => property.name === name);
}
