import type { RecordKind } from '../records/record.ts';
import { checksumOf } from './digest.ts';
import type { Cell, Cells } from './sql/records.ts';
import { type ArchiveTable, archiveTables } from './sql/tables.ts';

/** A row of a table by its columns' names. */
export type Row = Readonly<Record<string, Cell>>;

/** One version of a row within a read's interval. */
interface Version {
  readonly key: string;
  readonly digest: bigint;
  readonly readAt: number;
  /** Whether it stands and no later read missed it. */
  readonly stands: boolean;
}

/** A read of the ledger, and the versions of rows that lie in its interval. */
export interface Part {
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

/** The reads of the ledger, found by a row’s account, kind and time. */
export function createParts(rows: readonly Row[]) {
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
    const known = byFeed.get(name);
    if (known === undefined) byFeed.set(name, [part]);
    else known.push(part);
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

export function axisAtOf(row: Row): number {
  return Number(row['axis_at'] ?? row['counted_at']);
}

export function versionOf(row: Row, isCurrent: boolean): Version {
  return {
    key: String(row['key']),
    digest: BigInt(String(row['digest'])),
    readAt: Number(row['read_at']),
    stands: isCurrent && row['vanished_at'] === null && row['withdrawn_at'] === null,
  };
}

/** Whether a read’s rows are there as it listed them; versions before `wholeFrom` may have been forgotten. */
export function verdictOf(
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

/** The archive's table of a name. */
export function tableOf(name: string): ArchiveTable {
  const table = archiveTables.find((each) => each.name === name);
  if (table === undefined) throw new RangeError(`expected a table of the archive, got ${name}`);
  return table;
}

export function* toRows({ columns }: ArchiveTable, cells: Cells): Iterable<Row> {
  const count = cells[0]?.length ?? 0;
  for (let at = 0; at < count; at += 1)
    yield Object.fromEntries(columns.map(({ name }, index) => [name, cells[index]?.[at] ?? null]));
}
