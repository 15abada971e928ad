import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { CopySource } from '../../../src/archive/copy.ts';
import type { Cell } from '../../../src/archive/sql/records.ts';
import type { ArchiveTable } from '../../../src/archive/sql/tables.ts';
import type { GroupDimension, TotalsQuery } from '../../../src/records/query.ts';
import type { RecordKind } from '../../../src/records/record.ts';
import { all, firstPage } from '../conformance/sample.ts';

const accounts = ['ebet-main', 'hrg-main', 'one-main', 'vp-main', 'vp-two'];
const kinds = ['BET', 'TRANSFER', 'SEQ_NO_FAILURE'] as const;
const always = { from: 0, to: Date.UTC(2030, 0) };

/** A table as it stands: the names of its columns, and its rows in an order of their own. */
export interface TableCells {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Every cell of every table. */
export async function cellsOf(
  source: CopySource,
  tables: readonly ArchiveTable[],
): Promise<Record<string, TableCells>> {
  const told: Record<string, TableCells> = {};
  for (const table of tables) {
    const rows: Cell[][] = [];
    for await (const cells of source.batches(table)) {
      for (const index of (cells[0] ?? []).keys()) rows.push(cells.map((column) => column[index] ?? null));
    }
    told[table.name] = { columns: table.columns.map(({ name }) => name), rows: inOrder(rows) };
  }
  return told;
}

/** Everything the archive's own methods say. */
export async function told(archive: KeptArchive) {
  const feeds = accounts.flatMap((account) => kinds.map((kind) => ({ account, kind })));
  const ages = feeds.map((feed) => ({ ...feed, settlementLag: 60_000, finalAfter: 3_600_000 }));
  const rows: Record<string, unknown> = {};
  for (const kind of kinds) {
    const query = all(kind, accounts);
    const page = await archive.page(firstPage(query, 10_000));
    const histories: Record<string, unknown> = {};
    // A key that was replaced by another stands in the history alone.
    for (const { account, key } of [...page, { account: 'vp-main', key: 'transfer-5' }]) {
      const versions = await archive.history(kind, { account, key });
      if (versions.length > 0) histories[`${account} ${key}`] = versions;
    }
    rows[kind] = { page, histories, count: await archive.count(query) };
  }
  return {
    rows,
    totals: {
      all: await totalsOf(archive, 'BET', ['ACCOUNT', 'CURRENCY']),
      byType: await totalsOf(archive, 'BET', ['PROVIDER', 'GAME_TYPE', 'STATUS', 'OUTCOME', 'CURRENCY']),
      byPlayer: await totalsOf(archive, 'BET', ['PLAYER', 'CURRENCY']),
      transfers: await totalsOf(archive, 'TRANSFER', ['DIRECTION', 'CURRENCY']),
      failures: await totalsOf(archive, 'SEQ_NO_FAILURE', ['STATUS_CODE']),
    },
    ledger: await Promise.all(
      feeds.map(async (feed) => ({ feed, parts: await archive.ledger(feed, always) })),
    ),
    coverage: await archive.coverage(ages, always),
    quarantined: await archive.quarantined(accounts),
    names: await archive.usernames(null),
    notes: await archive.readAudit(always),
  };
}

async function totalsOf<K extends RecordKind>(archive: KeptArchive, kind: K, groupBy: GroupDimension<K>[]) {
  const query = { ...all(kind, accounts), groupBy, periods: null, countPlayers: false, countRounds: false };
  const rows: readonly object[] = await archive.totals(query as TotalsQuery & { readonly kind: K });
  return sortedBy([...rows], (row) => JSON.stringify(groupBy.map((each) => fieldBehind(row, String(each)))));
}

function fieldBehind(row: object, dimension: string): unknown {
  const field = dimension.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return (row as Readonly<Record<string, unknown>>)[field] ?? null;
}

/** Rows in an order that follows from what they hold. */
export function inOrder<T>(rows: readonly T[]): T[] {
  return sortedBy(rows, (row) => JSON.stringify(row));
}

function sortedBy<T>(rows: readonly T[], keyOf: (row: T) => string): T[] {
  const keys = new Map(rows.map((row) => [row, keyOf(row)]));
  return rows.toSorted((a, b) => ((keys.get(a) ?? '') < (keys.get(b) ?? '') ? -1 : 1));
}
