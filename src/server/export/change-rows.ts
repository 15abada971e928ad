import type { StoredChange, StoredRecord } from '../../archive/archive.ts';
import { encodeChangeCursor } from '../../graph/change/cursor.ts';
import { type ChangesAsk, readChangesPage } from '../../graph/change/resolver.ts';
import type { RequestContext } from '../../graph/context.ts';
import { encodeId, toShownKey } from '../../graph/rows/ids.ts';
import type { ChangeCause, ChangeType } from '../../records/change.ts';
import { flatColumns, idTypeOf } from '../../records/flat.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import { flatReaders } from './flat-row.ts';
import { ndjsonLine } from './ndjson.ts';

// As many as one question of the graph may have.
const CHANGES_A_PAGE = 1_000;

/** A change with nothing nested, as its viewer may see it; `at` in milliseconds. */
export interface ChangeRow {
  readonly type: ChangeType;
  readonly cause: ChangeCause;
  readonly kind: RecordKind;
  readonly at: number;
  readonly account: string;
  readonly recordId: string;
  /** A flat row as JSON, as NDJSON exports write it; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  readonly cursor: string;
}

/** The log of changes page by page, oldest first, read as pages are taken; ends where nothing is new. */
export async function* walkChanges(
  context: RequestContext,
  ask: Omit<ChangesAsk, 'first'>,
): AsyncGenerator<readonly StoredChange[], void, undefined> {
  for (let after = ask.after ?? null; ; ) {
    const { changes, more } = await readChangesPage(context, { ...ask, after, first: CHANGES_A_PAGE });
    if (changes.length > 0) yield changes;
    const last = changes.at(-1);
    if (!more || last === undefined) return;
    after = encodeChangeCursor(context, last);
  }
}

/** What shows a change as the viewer may see it. */
export function createChangeView(context: RequestContext, options: { readonly raw: boolean }) {
  const writers = new Map(recordKinds.map((kind) => [kind, rowWriter(context, kind, options)]));
  return (change: StoredChange): ChangeRow => {
    const { type, cause, kind, at, account, key, before, after } = change;
    const write = writers.get(kind);
    const written = (row: StoredRecord | null) => (row === null || write === undefined ? null : write(row));
    return {
      ...{ type, cause, kind, at, account },
      recordId: encodeId(idTypeOf[kind], account, toShownKey(context, kind, key)),
      before: written(before),
      after: written(after),
      cursor: encodeChangeCursor(context, change),
    };
  };
}

function rowWriter(context: RequestContext, kind: RecordKind, options: { readonly raw: boolean }) {
  const columns = flatColumns(kind, options);
  const readers = flatReaders(kind, columns, context);
  const line = ndjsonLine(columns);
  return (row: StoredRecord) => line(readers.map((read) => read(row))).trimEnd();
}

/** A change as a line of JSON, its rows as objects. */
export function changeLine({ at, before, after, cursor, ...plain }: ChangeRow): string {
  const head = JSON.stringify({ ...plain, at: new Date(at).toISOString() }).slice(0, -1);
  return `${head},"before":${before},"after":${after},"cursor":"${cursor}"}\n`;
}
