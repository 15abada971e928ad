import type { GraphQLResolveInfo } from 'graphql';
import type { FieldSpec } from '../../records/field.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import type { RecordKind } from '../../records/record.ts';
import { fieldsAsked, selects } from '../selection/fields-asked.ts';

/** What a connection's field is asked for: nothing of its rows, or the columns their fields stand on. */
export interface RowsAsked {
  /** Whether any row is to be read. */
  readonly any: boolean;
  /** As `PageQuery` has them. */
  readonly columns: readonly string[] | undefined;
}

// They stand on what says whose a row is, which every row is read with.
const standing = ['__typename', 'id', 'account', 'player', 'providerUsername', 'archivedAt'];

// What else the archive knows of every row.
const known = ['firstArchivedAt', 'withdrawnAt', 'raw'];

/** What the operation asks of the rows of the connection that is being resolved. */
export function rowsAsked(kind: RecordKind, info: GraphQLResolveInfo): RowsAsked {
  const fields = [...fieldsAsked(info, ['nodes']), ...fieldsAsked(info, ['edges', 'node'])];
  const any = ['nodes', 'edges', 'pageInfo'].some((name) => selects(info, [name]));
  const columns = fields.map((field) => columnsBehind(kind, field));
  // A field that is no column's may stand on any of them.
  return {
    any,
    columns: columns.some((each) => each === null) ? undefined : columns.flatMap((each) => each ?? []),
  };
}

function columnsBehind(kind: RecordKind, name: string): readonly string[] | null {
  const { key } = kinds[kind];
  if (standing.includes(name) || name === key?.name) return [];
  if (known.includes(name)) return [name];
  const fields = Object.entries<FieldSpec>(kinds[kind].fields);
  const own = fields
    .filter(([field, { nested }]) => field === name || nested === name)
    .map(([field]) => field);
  return own.length === 0 ? null : own;
}
