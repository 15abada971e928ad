import { type RecordKind, recordKinds } from '../../records/record.ts';
import { type Column, sqlName, tableName } from '../../records/shape.ts';
import { historyName } from './admin.ts';
import { auditColumns } from './audit.ts';
import { recordColumns } from './columns.ts';
import type { Dialect, Statement } from './dialect.ts';

export interface TableColumn {
  /** As SQL has it. */
  readonly name: string;
  /** A digest is an integer of 64 bits, and travels as text. */
  readonly type: Column['type'] | 'digest';
}

/** A table both archives have alike, but for how they hold a column's values. */
export interface ArchiveTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  /** Written by a gateway when it starts, before it holds anything: an archive with nothing else in it is empty. */
  readonly isWrittenAtStart?: true;
}

const version = [
  ...columns('text', 'former_key', 'change', 'cause'),
  column('read_at', 'time'),
  column('digest', 'digest'),
];
const seen = [column('seen_from', 'time'), column('seen_until', 'time')];

/** Everything an archive holds, in the order it is moved: rows and their history, ledger, quarantine, names, audit log. */
export const archiveTables: readonly ArchiveTable[] = [
  ...recordKinds.flatMap((kind) => [
    { name: tableName[kind], columns: columnsOf(kind) },
    { name: historyName(kind), columns: [...columnsOf(kind), ...seen] },
  ]),
  {
    name: 'intervals',
    columns: [
      ...columns('text', 'account', 'kind'),
      ...columns('int', 'from_at', 'to_at', 'read_at', 'provider_at', 'rows'),
      column('checksum', 'text'),
      column('quarantined', 'int'),
    ],
  },
  {
    name: 'quarantine',
    columns: [
      ...columns('text', 'id', 'account', 'kind'),
      ...columns('int', 'from_at', 'to_at'),
      ...columns('text', 'reason', 'raw'),
      ...columns('int', 'seen_at', 'read_at', 'accepted_at', 'times'),
    ],
  },
  {
    name: 'doubts',
    columns: [
      ...columns('text', 'account', 'kind', 'key'),
      column('axis_at', 'int'),
      column('state', 'text'),
      ...columns('int', 'listed_at', 'missed_at', 'missed_read_at', 'restorations'),
      column('awaits_admin', 'bool'),
    ],
  },
  {
    name: 'lateness',
    columns: [...columns('text', 'account', 'kind'), ...columns('int', 'day_at', 'within_ms', 'rows')],
  },
  {
    name: 'clock_measures',
    columns: [column('account', 'text'), ...columns('int', 'until_at', 'least_ms', 'most_ms')],
  },
  {
    name: 'mappings',
    columns: [...columns('text', 'account', 'options'), column('under_way', 'bool')],
    isWrittenAtStart: true,
  },
  { name: 'log_start', columns: columns('int', 'whole_from') },
  { name: 'names', columns: columns('text', 'account', 'username', 'player') },
  { name: 'trail', columns: auditColumns.map(([name, type]) => column(name, type)) },
];

/** Selects every row of a table, in the columns' order; as cells. */
export function dumpStatement(dialect: Dialect, { name, columns }: ArchiveTable): Statement {
  const cells = columns.map((each) =>
    each.type === 'digest' ? `CAST(${each.name} AS VARCHAR)` : dialect.cell(each.name, each.type),
  );
  return { text: `SELECT ${cells.join(', ')} FROM ${name}`, values: [] };
}

/** One row of doubles: how many rows each table has, in the order of `archiveTables`. */
export const countTablesSql = `SELECT ${archiveTables
  .map(({ name }) => `CAST((SELECT count(*) FROM ${name}) AS DOUBLE PRECISION)`)
  .join(', ')}`;

/** Whether an archive whose tables have so many rows, in the order of `archiveTables`, holds anything. */
export function holdsAnything(counts: readonly number[]): boolean {
  return archiveTables.some(({ isWrittenAtStart }, index) => !isWrittenAtStart && (counts[index] ?? 0) > 0);
}

/** Statements that leave an archive that holds nothing without a row. */
export const emptyStatements: readonly string[] = archiveTables
  .filter(({ isWrittenAtStart }) => isWrittenAtStart)
  .map(({ name }) => `DELETE FROM ${name}`);

function columnsOf(kind: RecordKind): TableColumn[] {
  return [...recordColumns[kind].map(({ name, type }) => column(sqlName(name), type)), ...version];
}

function columns(type: TableColumn['type'], ...names: readonly string[]): TableColumn[] {
  return names.map((name) => column(name, type));
}

function column(name: string, type: TableColumn['type']): TableColumn {
  return { name, type };
}
