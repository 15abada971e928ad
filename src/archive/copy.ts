import { createHash } from 'node:crypto';
import { ArchiveError } from '../errors.ts';
import type { ReadableSource } from './salvage.ts';
import type { Cells } from './sql/records.ts';
import { type ArchiveTable, archiveTables } from './sql/tables.ts';

/** Where an archive is read from, all of it in one snapshot; nothing of it is changed. */
export interface CopySource {
  /** How many rows each of `archiveTables` has. */
  readonly counts: readonly number[];
  /** A table's rows in batches, read as they are taken. */
  batches(table: ArchiveTable): AsyncIterable<Cells>;
  /** Sums kept beside the rows that are not those of the rows, a sentence each; absent where none are kept. */
  rollUpDifferences?(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** An empty archive with a transaction open in it. */
export interface CopyTarget {
  add(table: ArchiveTable, cells: Cells): Promise<void>;
  /** What was added, read back. */
  batches(table: ArchiveTable): AsyncIterable<Cells>;
  /** Derives what is derived, and commits. */
  finish(): Promise<void>;
  /** Leaves it as it was found unless it was finished. */
  close(): Promise<void>;
}

/** What an engine gives to have its archives copied. */
export interface Copying {
  /** Rejects with an ArchiveError where there is no archive, or one of another release. */
  openSource(): Promise<CopySource>;
  /** The same of a damaged archive, as far as it can be read; absent where an engine’s own means are better. */
  openReadable?(): Promise<ReadableSource>;
  /** Makes the archive's tables where there are none. Rejects with an ArchiveError where they are not empty. */
  openTarget(): Promise<CopyTarget>;
}

export interface CopyStep {
  readonly table: string;
  readonly rows: number;
  readonly of: number;
}

export interface CopyOptions {
  readonly signal: AbortSignal;
  readonly onStep: (step: CopyStep) => void;
  /** Whether the source may give fewer rows than it counts. @default false */
  readonly isPartial?: boolean;
}

/** One table as it arrived. */
export interface Copied {
  readonly table: string;
  readonly rows: number;
  /** Of every cell of every row, whatever their order; 16 hexadecimal digits. */
  readonly checksum: string;
}

/**
 * Copies everything in one transaction, reads it back and compares every cell before it commits: the target then
 * holds all of it, or stays as it was. Rejects with an ArchiveError, or with the signal's reason.
 */
export async function copyArchive(
  source: CopySource,
  target: CopyTarget,
  { signal, onStep, isPartial = false }: CopyOptions,
): Promise<readonly Copied[]> {
  const read: Copied[] = [];
  for (const [index, table] of archiveTables.entries()) {
    const tally = createTally(table);
    for await (const cells of source.batches(table)) {
      signal.throwIfAborted();
      tally.add(cells);
      await target.add(table, cells);
      onStep({ table: table.name, rows: tally.result().rows, of: source.counts[index] ?? 0 });
    }
    read.push(tally.result());
  }
  for (const [index, table] of archiveTables.entries()) {
    const tally = createTally(table);
    for await (const cells of target.batches(table)) {
      signal.throwIfAborted();
      tally.add(cells);
    }
    const copied = read[index];
    compare(copied, tally.result(), isPartial ? copied?.rows : source.counts[index]);
  }
  await target.finish();
  return read;
}

function compare(read: Copied | undefined, written: Copied, counted: number | undefined): void {
  const { table, rows, checksum } = written;
  if (rows === read?.rows && rows === counted && checksum === read.checksum) return;
  throw new ArchiveError(
    `copy of ${table}: expected ${counted} rows with checksum ${read?.checksum}, got ${rows} with ${checksum}; nothing was copied`,
  );
}

function createTally({ name }: ArchiveTable) {
  let rows = 0;
  let sum = 0n;
  return {
    add(cells: Cells): void {
      const count = cells[0]?.length ?? 0;
      for (let row = 0; row < count; row += 1) {
        const text = JSON.stringify(cells.map((column) => column[row] ?? null));
        sum += createHash('sha256').update(text).digest().readBigUInt64BE();
      }
      rows += count;
      sum = BigInt.asUintN(64, sum);
    },
    result: (): Copied => ({ table: name, rows, checksum: sum.toString(16).padStart(16, '0') }),
  };
}
