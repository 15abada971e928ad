import type { RecordKind, RecordOf } from '../records/record.ts';
import { recordKinds } from '../records/record.ts';
import { tableName } from '../records/shape.ts';
import type { CopySource } from './copy.ts';
import { digestOf } from './digest.ts';
import {
  axisAtOf,
  createParts,
  type Part,
  type Row,
  tableOf,
  toRows,
  verdictOf,
  versionOf,
} from './listed.ts';
import { historyName } from './sql/admin.ts';
import { recordColumns } from './sql/columns.ts';
import type { ArchiveTable } from './sql/tables.ts';

/** What became of comparing an archive with what its ledger says of it. */
export interface Verified {
  readonly rows: number;
  /** Reads whose rows are there as they were listed, by number and checksum. */
  readonly proven: number;
  /** Reads that cannot be compared: a later one took some of their time, or what they listed was forgotten since. */
  readonly unproven: number;
  /** What differs, a sentence each. */
  readonly differences: readonly string[];
}

/** Compares each row with its own digest, each read with its rows, and roll-ups with the rows they add up. */
export async function verifyArchive(
  source: CopySource,
  { signal }: { readonly signal: AbortSignal },
): Promise<Verified> {
  const parts = createParts(await read(source, 'intervals'));
  const wholeFrom = (await read(source, 'log_start')).map((row) => Number(row['whole_from'] ?? 0));
  const differences: string[] = [];
  let rows = 0;
  for (const kind of recordKinds) {
    for (const name of [tableName[kind], historyName(kind)]) {
      for await (const row of rowsOf(source, tableOf(name))) {
        signal.throwIfAborted();
        const isCurrent = name === tableName[kind];
        if (isCurrent) rows += 1;
        const difference = compareRow(kind, row);
        if (difference !== null) differences.push(difference);
        parts.of(kind, row)?.versions.push(versionOf(row, isCurrent));
      }
    }
  }
  const verdicts = parts.all.map((part) => ({ part, verdict: verdictOf(part, Math.max(0, ...wholeFrom)) }));
  differences.push(
    ...verdicts.flatMap(({ part, verdict }) => (verdict === 'differs' ? [sentenceOf(part)] : [])),
    ...((await source.rollUpDifferences?.()) ?? []),
  );
  const count = (wanted: string) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return { rows, proven: count('proven'), unproven: count('unproven'), differences };
}

async function* rowsOf(source: CopySource, table: ArchiveTable): AsyncGenerator<Row> {
  for await (const cells of source.batches(table)) yield* toRows(table, cells);
}

async function read(source: CopySource, name: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of rowsOf(source, tableOf(name))) rows.push(row);
  return rows;
}

/** A row whose columns are not what was archived; null where they are. */
function compareRow(kind: RecordKind, row: Row): string | null {
  const columns = recordColumns[kind];
  const cells = Object.values(row);
  const record = Object.fromEntries(
    columns.map(({ name, type }, index) => {
      const cell = cells[index] ?? null;
      return [name, type === 'texts' && cell !== null ? JSON.parse(String(cell)) : cell];
    }),
  );
  const archived = BigInt(String(row['digest']));
  // A row that took over a former key keeps the digest it had without one.
  const isSame = [row['former_key'], null].some((formerKey) => {
    const content = { ...record, axisAt: axisAtOf(row), formerKey } as unknown as RecordOf[typeof kind];
    return digestOf(kind, content) === archived;
  });
  return isSame ? null : `${placeOf(row, kind)}: its columns are not what its digest says`;
}

function sentenceOf({ account, kind, from, to, readAt, rows, versions }: Part): string {
  const [start, end, at] = [from, to, readAt].map((time) => new Date(time).toISOString());
  const standing = versions.filter(({ stands }) => stands).length;
  return (
    `${account} ${kind} ${start} to ${end}: the read of ${at} listed ${rows} rows, ` +
    `${standing === rows ? 'of which some are others now' : `the archive has ${standing}`}`
  );
}

function placeOf(row: Row, kind: RecordKind): string {
  return `${row['account']} ${kind} ${row['key']}`;
}
