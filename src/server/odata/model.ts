import { axisFieldOf, type FlatColumn, flatColumns } from '../../records/flat.ts';
import type { RecordKind } from '../../records/record.ts';
import { totalsColumns } from '../export/totals-table.ts';

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

/** The way from an entity to the one it is of in another set. */
export interface Navigation {
  readonly name: string;
  /** The other set's name. */
  readonly to: DimensionName;
  /** The property that each part of the other's key is; a time stands for the business day it lies in. */
  readonly by: Readonly<Record<string, string>>;
  /** Whether an entity may be of none. */
  readonly nullable: boolean;
}

export interface EntityType {
  readonly name: string;
  readonly key: readonly string[];
  readonly properties: readonly Property[];
  /** @default none */
  readonly navigations?: readonly Navigation[];
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

const toPlayer: Navigation = { name: 'Player', to: 'Players', by: { player: 'player' }, nullable: true };
const toGame: Navigation = {
  name: 'Game',
  to: 'Games',
  by: { provider: 'provider', gameCode: 'gameCode' },
  nullable: true,
};
const toAccount: Navigation = {
  name: 'Account',
  to: 'Accounts',
  by: { account: 'account' },
  nullable: false,
};

/** What rows and totals of a kind are looked up by; `day` is the property whose business day they count in. */
function navigationsOf(kind: RecordKind, day: string): readonly Navigation[] {
  const toDay: Navigation = { name: 'Calendar', to: 'Calendar', by: { date: day }, nullable: true };
  return [toPlayer, ...(kind === 'BET' ? [toGame] : []), toAccount, toDay];
}

/** The entity sets of rows, `raw` among their properties only when asked for. */
export function rowSets({ raw }: { readonly raw: boolean }): readonly RowSet[] {
  const set = (name: string, typeName: string, kind: RecordKind): RowSet => ({
    name,
    kind,
    type: {
      name: typeName,
      key: ['id'],
      properties: flatColumns(kind, { raw }),
      navigations: navigationsOf(kind, axisFieldOf[kind]),
    },
  });
  return [
    set('Bets', 'Bet', 'BET'),
    set('Transfers', 'Transfer', 'TRANSFER'),
    set('SeqNoFailures', 'SeqNoFailure', 'SEQ_NO_FAILURE'),
  ];
}

export interface TotalsSet extends EntitySet {
  readonly kind: RecordKind;
}

function totalsSet(name: string, typeName: string, kind: RecordKind, key: readonly string[]): TotalsSet {
  const properties = totalsColumns[kind].map(({ name: column, type }) =>
    made(column, type, !key.includes(column) && type !== 'count'),
  );
  return { name, kind, type: { name: typeName, key, properties, navigations: navigationsOf(kind, 'day') } };
}

/** Totals by day, account and currency, and by whatever else is selected. */
export const totalsSets: readonly TotalsSet[] = [
  totalsSet('BetTotals', 'BetTotalsRow', 'BET', ['day', 'account', 'currency']),
  totalsSet('TransferTotals', 'TransferTotalsRow', 'TRANSFER', ['day', 'account', 'currency']),
  totalsSet('SeqNoTotals', 'SeqNoTotalsRow', 'SEQ_NO_FAILURE', ['day', 'account']),
];

/** What rows are looked up by: one row for each player, game, account and day. */
export const players: EntitySet = {
  name: 'Players',
  type: { name: 'Player', key: ['player'], properties: [made('player', 'text'), made('usernames', 'int')] },
};
export const games: EntitySet = {
  name: 'Games',
  type: {
    name: 'Game',
    key: ['provider', 'gameCode'],
    properties: [
      made('provider', 'text'),
      made('gameCode', 'text'),
      made('gameType', 'text', true),
      made('brand', 'text', true),
    ],
  },
};
export const accounts: EntitySet = {
  name: 'Accounts',
  type: {
    name: 'Account',
    key: ['account'],
    properties: [made('account', 'text'), made('provider', 'text')],
  },
};
export const calendar: EntitySet = {
  name: 'Calendar',
  type: {
    name: 'CalendarDay',
    key: ['date'],
    properties: [
      made('date', 'date'),
      made('year', 'int'),
      made('quarter', 'int'),
      made('month', 'int'),
      made('day', 'int'),
      made('dayOfWeek', 'int'),
      made('yearMonth', 'text'),
      made('week', 'text'),
      made('start', 'time'),
      made('end', 'time'),
    ],
  },
};

/** The sets that rows and totals are looked up in. */
export const dimensions = { Players: players, Games: games, Accounts: accounts, Calendar: calendar } as const;
export type DimensionName = keyof typeof dimensions;

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
    navigations: [toAccount],
  },
};

/** The log of what became of rows, oldest first; `before` and `after` are flat rows as JSON text. */
export const changes: EntitySet = {
  name: 'Changes',
  type: {
    name: 'Change',
    key: ['cursor'],
    properties: [
      made('cursor', 'text'),
      made('type', 'text'),
      made('cause', 'text'),
      made('kind', 'text'),
      made('at', 'time'),
      made('account', 'text'),
      made('recordId', 'text'),
      made('before', 'text', true),
      made('after', 'text', true),
    ],
    navigations: [toAccount],
  },
};

/** The property of that name; undefined where there is none. */
export function findProperty(type: EntityType, name: string): Property | undefined {
  return type.properties.find((property) => property.name === name);
}

/** The way of that name to another set; undefined where there is none. */
export function findNavigation({ navigations = [] }: EntityType, name: string): Navigation | undefined {
  return navigations.find((navigation) => navigation.name === name);
}
