import { BadUserInputError } from '../../errors.ts';
import type { PageQuery } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { type Column, headColumns, keyName, kindColumns, sqlName } from '../../records/shape.ts';

const rawColumn: Column = { name: 'raw', type: 'text', nullable: false, flat: false, sealed: false };

function columnsOf(kind: RecordKind): readonly Column[] {
  return [...headColumns, ...kindColumns[kind], rawColumn];
}

/** The columns of a stored record, in the order in which they are selected: head, the kind's own, raw. */
export const recordColumns: Readonly<Record<RecordKind, readonly Column[]>> = {
  BET: columnsOf('BET'),
  TRANSFER: columnsOf('TRANSFER'),
  SEQ_NO_FAILURE: columnsOf('SEQ_NO_FAILURE'),
};

// Whose a row is and where it stands in a list; `archivedAt` is next to nothing.
const placing = ['account', 'key', 'providerUsername', 'countedAt', 'archivedAt'];

/** The columns of a page's rows, in the order of `recordColumns`. */
export function columnsOfPage({ kind, axis, columns }: PageQuery): readonly Column[] {
  if (columns === undefined) return recordColumns[kind];
  const wanted = new Set([...placing, ...(axis === 'PLACED' ? ['placedAt'] : []), ...columns]);
  return recordColumns[kind].filter(({ name }) => wanted.has(name));
}

/** The kind's column of this name, the graph's name of its key included; throws a BadUserInputError listing what there is. */
export function columnNamed(kind: RecordKind, name: string): Column {
  const wanted = name === keyName[kind] ? 'key' : name;
  const found = recordColumns[kind].find((column) => column.name === wanted);
  if (found === undefined) {
    const names = recordColumns[kind].map((column) => column.name).join(', ');
    throw new BadUserInputError(`column: expected one of ${names}, got ${name}`);
  }
  return found;
}

/** Whether rows of this kind have the column. */
export function hasColumn(kind: RecordKind, name: string): boolean {
  return recordColumns[kind].some((column) => column.name === name);
}

/** What reads a column: times of the feed that are those rows count by are not kept twice. */
export function columnSql({ name }: Column): string {
  return name === 'axisAt' ? 'coalesce(axis_at, counted_at)' : sqlName(name);
}
