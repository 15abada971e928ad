import type { RecordKind, RecordOf } from '../records/record.ts';
import { recordKinds } from '../records/record.ts';
import { tableName } from '../records/shape.ts';
import type { CopySource } from './copy.ts';
import { checksumOf, digestOf } from './digest.ts';
import { historyName } from './sql/admin.ts';
import { recordColumns } from './sql/columns.ts';
import type { Cell, Cells } from './sql/records.ts';
import { type ArchiveTable, archiveTables } from './sql/tables.ts';

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

/** One version of a row within a read's interval. */
interface Version {
  readonly key: string;
  readonly digest: bigint;
  readonly readAt: number;
  /** Whether it stands and no later read missed it. */
  readonly stands: boolean;
}

interface Part {
  readonly account: string;
  readonly kind: RecordKind;
  readonly from: number;
  readonly to: number;
  readonly readAt: number;
  readonly rows: number | null;
  readonly checksum: string | null;
  readonly versions: Version[];
}

// Two to this power combinations of versions are looked at before a read counts as not comparable.
const MOST_UNSURE = 14;

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
  const verdicts = parts.all.map((part) => ({ part, verdict: compare(part, Math.max(0, ...wholeFrom)) }));
  differences.push(
    ...verdicts.flatMap(({ part, verdict }) => (verdict === 'differs' ? [sentenceOf(part)] : [])),
    ...((await source.rollUpDifferences?.()) ?? []),
  );
  const count = (wanted: string) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return { rows, proven: count('proven'), unproven: count('unproven'), differences };
}

type Row = Readonly<Record<string, Cell>>;

function tableOf(name: string): ArchiveTable {
  const table = archiveTables.find((each) => each.name === name);
  if (table === undefined) throw new RangeError(`verify: expected a table of the archive, got ${name}`);
  return table;
}

async function* rowsOf(source: CopySource, table: ArchiveTable): AsyncGenerator<Row> {
  for await (const cells of source.batches(table)) yield* toRows(table, cells);
}

function* toRows({ columns }: ArchiveTable, cells: Cells): Iterable<Row> {
  const count = cells[0]?.length ?? 0;
  for (let at = 0; at < count; at += 1)
    yield Object.fromEntries(columns.map(({ name }, index) => [name, cells[index]?.[at] ?? null]));
}

async function read(source: CopySource, name: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of rowsOf(source, tableOf(name))) rows.push(row);
  return rows;
}

/** The reads of the ledger, found by a row’s account, kind and time. */
function createParts(rows: readonly Row[]) {
  const all = rows.map(
    (row): Part => ({
      account: String(row['account']),
      kind: row['kind'] as RecordKind,
      from: Number(row['from_at']),
      to: Number(row['to_at']),
      readAt: Number(row['read_at']),
      rows: row['rows'] == null ? null : Number(row['rows']),
      checksum: row['checksum'] == null ? null : String(row['checksum']),
      versions: [],
    }),
  );
  const byFeed = new Map<string, Part[]>();
  const nameOf = (account: string, kind: string) => JSON.stringify([account, kind]);
  for (const part of all.toSorted((a, b) => a.from - b.from)) {
    const name = nameOf(part.account, part.kind);
    byFeed.set(name, [...(byFeed.get(name) ?? []), part]);
  }
  return {
    all,
    of(kind: RecordKind, row: Row): Part | null {
      const feed = byFeed.get(nameOf(String(row['account']), kind)) ?? [];
      const at = axisAtOf(row);
      const part = feed[lastFrom(feed, at)];
      return part !== undefined && at < part.to ? part : null;
    },
  };
}

/** The place of the last part that begins at or before an instant; -1 where none does. */
function lastFrom(parts: readonly Part[], at: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.from ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function axisAtOf(row: Row): number {
  return Number(row['axis_at'] ?? row['counted_at']);
}

function versionOf(row: Row, isCurrent: boolean): Version {
  return {
    key: String(row['key']),
    digest: BigInt(String(row['digest'])),
    readAt: Number(row['read_at']),
    stands: isCurrent && row['vanished_at'] === null && row['withdrawn_at'] === null,
  };
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

/** Whether a read’s rows are there as it listed them; versions before `wholeFrom` may have been forgotten. */
function compare(
  { rows, checksum, readAt, versions }: Part,
  wholeFrom: number,
): 'proven' | 'unproven' | 'differs' {
  if (rows === null || checksum === null) return 'unproven';
  const times = new Map<string, number>();
  for (const { key } of versions) times.set(key, (times.get(key) ?? 0) + 1);
  const isSure = (version: Version) =>
    version.stands && version.readAt <= readAt && times.get(version.key) === 1;
  const sure = versions.filter(isSure).map(({ digest }) => digest);
  const unsure = versions.filter((version) => !isSure(version)).map(({ digest }) => digest);
  if (unsure.length > MOST_UNSURE) return 'unproven';
  const fits = (chosen: readonly bigint[]) =>
    sure.length + chosen.length === rows && checksumOf([...sure, ...chosen]) === checksum;
  for (let choice = 0; choice < 2 ** unsure.length; choice += 1)
    if (fits(unsure.filter((_, index) => (choice >> index) % 2 === 1))) return 'proven';
  return readAt < wholeFrom ? 'unproven' : 'differs';
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
