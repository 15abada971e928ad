import type { StoredRecord } from '../../archive/archive.ts';
import type { FieldSpec } from '../../records/field.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import type { FieldsOf, RecordKind } from '../../records/record.ts';
import type { RequestContext } from '../context.ts';
import { toPlayer } from '../player/view.ts';
import { encodeId, toShownKey } from './ids.ts';
import { loadersOf } from './loaders.ts';
import { accountOf, type RowHead } from './row-head.ts';

/** A row as the graph shows it, with all fields of the kind's table. */
export type Row<K extends RecordKind = RecordKind> = RowHead &
  FieldsOf<K> & {
    readonly raw: string | null;
    readonly __typename: (typeof kinds)[K]['name'];
    readonly id: string;
  };

interface Source {
  readonly row: StoredRecord;
  readonly context: RequestContext;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * What shows an archived row of a kind as the viewer may see it. Fields are getters made once a kind: copying those of a
 * thousand rows, asked for or not, would cost more than executing the query.
 */
export function createRowView<K extends RecordKind>(kind: K) {
  const { name, key, fields } = kinds[kind];

  class RowView implements Source {
    readonly __typename = name;
    readonly account: RowHead['account'];
    readonly row: StoredRecord;
    readonly context: RequestContext;

    constructor(context: RequestContext, row: StoredRecord) {
      this.account = accountOf(context, row);
      this.context = context;
      this.row = row;
    }

    get id(): string {
      return encodeId(name, this.row.account, toShownKey(this.context, kind, this.row.key));
    }

    get player(): RowHead['player'] {
      const { row, context } = this;
      return toPlayer(context.players.shown(row.account, row.providerUsername));
    }

    get providerUsername(): string {
      const { row, context } = this;
      return context.players.shownUsername(row.account, row.providerUsername);
    }

    /** Read only when asked for, those of many rows at once. */
    async versions(_args: unknown, context: RequestContext): Promise<readonly RowView[]> {
      const older = await loadersOf(context).versions[kind].load(this.row);
      return [...older.map((row) => new RowView(context, row)), this];
    }
  }

  const show = (field: string, get: (source: Source) => unknown) =>
    Object.defineProperty(RowView.prototype, field, {
      get(this: RowView) {
        return get(this);
      },
    });
  for (const [field, get] of gettersOf(fields)) show(field, get);
  show('firstArchivedAt', ({ row }) => row.firstArchivedAt);
  show('withdrawnAt', ({ row }) => row.withdrawnAt);
  show('archivedAt', ({ row }) => row.archivedAt);
  show('raw', ({ row, context }) => (context.viewer.readsRaw ? row.raw : null));
  if (key !== null) show(key.name, ({ row }) => row.key);

  // The getters are those of the table that the type comes from.
  return (context: RequestContext, row: StoredRecord<K>): Row<K> =>
    new RowView(context, row) as unknown as Row<K>;
}

function gettersOf(fields: Readonly<Record<string, FieldSpec>>): Map<string, (source: Source) => unknown> {
  const getters = new Map<string, (source: Source) => unknown>();
  for (const [field, { sealed, nested }] of Object.entries(fields)) {
    getters.set(
      field,
      sealed === true
        ? ({ row, context }) => context.players.sealed(String((row as unknown as Values)[field]))
        : ({ row }) => (row as unknown as Values)[field],
    );
    if (nested === undefined || getters.has(nested)) continue;
    const names = Object.keys(fields).filter((name) => fields[name]?.nested === nested);
    // The row itself holds what lies in the object.
    getters.set(nested, ({ row }) =>
      names.some((name) => (row as unknown as Values)[name] !== null) ? row : null,
    );
  }
  return getters;
}
