import { type RecordKind, recordKinds } from '../records/record.ts';
import { tableName } from '../records/shape.ts';
import type { CopySource } from './copy.ts';
import { createParts, type Part, type Row, tableOf, toRows, verdictOf, versionOf } from './listed.ts';
import { historyName } from './sql/admin.ts';
import type { Cells } from './sql/records.ts';

/** Rows that could not be read, and whose they are where that could be. */
export interface Unread {
  readonly table: string;
  /** Null where not even their number can be told. */
  readonly rows: number | null;
  /** Accounts with the first and the last time of their rows; empty where that could not be read either. */
  readonly of: readonly { readonly account: string; readonly from: number; readonly to: number }[];
}

/** A source that goes on where some of it cannot be read. */
export interface ReadableSource extends CopySource {
  /** What could not be read so far. */
  readonly unread: readonly Unread[];
}

/** What a copy of the readable part lacks. */
export interface Lost {
  readonly unread: readonly Unread[];
  /** Reads that the copy does not hold, since rows of theirs may be missing: they are asked for again. */
  readonly reads: readonly Pick<Part, 'account' | 'kind' | 'from' | 'to'>[];
}

/**
 * What can be read of a source, as a source: where rows of a kind could not be, its ledger claims no more than the reads
 * whose rows are all there. `lost` is known once all was read.
 */
export async function salvaged(source: ReadableSource): Promise<CopySource & { lost(): Lost }> {
  const intervals: Row[] = [];
  for await (const cells of source.batches(tableOf('intervals')))
    intervals.push(...toRows(tableOf('intervals'), cells));
  const parts = createParts(intervals);
  const reads: Part[] = [];

  const isDamaged = (kind: RecordKind) =>
    source.unread.some(({ table }) => table === tableName[kind] || table === historyName(kind));

  function isHeld(part: Part): boolean {
    if (!isDamaged(part.kind) || verdictOf(part, 0) === 'proven') return true;
    reads.push(part);
    return false;
  }

  return {
    counts: source.counts,
    close: source.close,
    async *batches(table) {
      if (table.name === 'intervals') {
        const held = parts.all.map(isHeld);
        yield table.columns.map(({ name }) =>
          intervals.flatMap((row, index) => (held[index] ? [row[name] ?? null] : [])),
        ) satisfies Cells;
        return;
      }
      const kind = recordKinds.find((each) => [tableName[each], historyName(each)].includes(table.name));
      for await (const cells of source.batches(table)) {
        if (kind !== undefined) {
          const isCurrent = table.name === tableName[kind];
          for (const row of toRows(table, cells))
            parts.of(kind, row)?.versions.push(versionOf(row, isCurrent));
        }
        yield cells;
      }
    },
    lost: () => ({
      unread: source.unread,
      reads: reads.map(({ account, kind, from, to }) => ({ account, kind, from, to })),
    }),
  };
}
