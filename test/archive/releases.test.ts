import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive, ReplacedVersion } from '../../src/archive/admin.ts';
import type { StoredRecord } from '../../src/archive/archive.ts';
import type { Copying } from '../../src/archive/copy.ts';
import { digestOf } from '../../src/archive/digest.ts';
import { copyingDuckDb } from '../../src/archive/duckdb/copy.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { copyingPostgres } from '../../src/archive/postgres/copy.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { archiveTables } from '../../src/archive/sql/tables.ts';
import { verifyArchive } from '../../src/archive/verify.ts';
import { countedAtOf } from '../../src/records/axis.ts';
import { type RecordKind, type RecordOf, recordKinds } from '../../src/records/record.ts';
import { tableName } from '../../src/records/shape.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { releasePlayerOf } from './releases/fill.ts';
import { cellsOf, inOrder, type TableCells, type told, told as toldBy } from './releases/told.ts';

interface Expected {
  readonly tables: Readonly<Record<string, TableCells>>;
  readonly answers: Awaited<ReturnType<typeof told>>;
}

interface Rows {
  readonly page: readonly StoredRecord[];
  readonly histories: Readonly<Record<string, readonly ReplacedVersion[]>>;
}

interface Place {
  open(): Promise<KeptArchive>;
  readonly copying: Copying;
}

const releases = fileURLToPath(new URL('../fixtures/releases/', import.meta.url));
const versions = readdirSync(releases).filter((name) => /^\d/.test(name));

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'countroom-releases-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe.each(versions)('an archive that %s left', (version) => {
  const file = (name: string) => join(releases, version, name);
  const unpacked = (name: string) => gunzipSync(readFileSync(file(`${name}.gz`)));
  const expected = JSON.parse(readFileSync(file('expected.json'), 'utf8')) as Expected;

  async function duckDb(name: string): Promise<Place> {
    const path = join(folder, `${version}-${name}`);
    writeFileSync(path, unpacked(name));
    if (readdirSync(join(releases, version)).includes(`${name}.wal.gz`)) {
      writeFileSync(`${path}.wal`, unpacked(`${name}.wal`));
    }
    return {
      open: () => createDuckDbArchive({ path, playerOf: releasePlayerOf }),
      copying: copyingDuckDb(path),
    };
  }

  async function postgres(name: string): Promise<Place> {
    const url = await server.createDatabase();
    await server.run(unpacked(name).toString(), url);
    return {
      open: () => createPostgresArchive({ url, playerOf: releasePlayerOf }),
      copying: copyingPostgres(url),
    };
  }

  const fixtures = readdirSync(join(releases, version)).flatMap((packed) => {
    const name = packed.replace(/\.gz$/, '');
    if (name.endsWith('.duckdb')) return [{ name, make: () => duckDb(name) }];
    return name.endsWith('.sql') ? [{ name, make: () => postgres(name) }] : [];
  });

  it.each(fixtures)('says the same, to the last cell: $name', async ({ name, make }) => {
    const { open, copying } = await make();
    const archive = await open();
    // The audit log came with the fifth layout.
    const hasNotes = !/-000[1-4]\.sql$/.test(name);
    const answers = await toldBy(archive);
    const wanted = { ...expected.answers, rows: inPresentOrder(expected.answers.rows) };
    expect(answers).toMatchObject(hasNotes ? wanted : { ...wanted, notes: [] });
    expect(firstsIn(answers)).toEqual(firstsOf({ ...expected, answers: wanted }));
    await archive.close();

    const source = await copying.openSource();
    const found = await cellsOf(source, archiveTables);
    // Each migration has carried what it derives from rows: roll-ups and checksums are theirs.
    const { differences } = await verifyArchive(source, { signal: new AbortController().signal });
    expect(differences).toEqual([]);
    await source.close();
    for (const [table, { columns, rows }] of Object.entries(expected.tables)) {
      const now = found[table];
      const place = (column: string) => now?.columns.indexOf(column) ?? -1;
      const places = columns.map(place);
      expect(places).not.toContain(-1);
      // The feed's own time is kept apart where it is not the one a row counts by.
      const cells = now?.rows.map((row) =>
        columns.map((column) => {
          const cell = row[place(column)];
          return column === 'axis_at' ? (cell ?? row[place('counted_at')]) : cell;
        }),
      );
      expect(inOrder(cells ?? [])).toEqual(table === 'trail' && !hasNotes ? [] : rows);
    }
  });

  it.each(fixtures)('finds nothing changed when all of it is read again: $name', async ({ make }) => {
    const { open } = await make();
    const archive = await open();
    for (const kind of recordKinds) {
      for (const { row, record, digest } of recordsOf(kind)) {
        expect(digestOf(kind, record)).toBe(digest);
        const { account, provider } = row;
        const commit = { account, provider, kind, interval: null, quarantined: [], rows: [record] };
        const result = await archive.commit({ ...commit, readAt: Date.UTC(2026, 11, 1) });
        expect(result).toMatchObject({ inserted: 0, changed: 0 });
      }
    }
    expect((await toldBy(archive)).totals).toMatchObject(expected.answers.totals);
    await archive.close();
  });

  /** 0.1.0 ordered rows by the time their feed lists them by. */
  function inPresentOrder(rows: Expected['answers']['rows']) {
    const pages = recordKinds.map((kind) => {
      const { page, ...others } = rows[kind] as { page: StoredRecord[] };
      const counted = (row: StoredRecord) => countedAtOf(kind, row as unknown as RecordOf[RecordKind]);
      // Equals stay as they were: by account and key.
      return [kind, { ...others, page: page.toSorted((a, b) => counted(b) - counted(a)) }];
    });
    return Object.fromEntries(pages);
  }

  /** Every row and version, by when the first of its row was archived. */
  function firstsIn(answers: Expected['answers']) {
    return recordKinds.flatMap((kind) => {
      const { page, histories } = answers.rows[kind] as Rows;
      const replaced = Object.values(histories).flat();
      return [...page, ...replaced.map((version) => version.record)].map((row) => ({
        row: `${kind} ${row.account} ${row.key} ${row.archivedAt}`,
        firstArchivedAt: row.firstArchivedAt,
      }));
    });
  }

  /** The same, told from the times of archiving alone. */
  function firstsOf({ answers, tables }: Expected) {
    return recordKinds.flatMap((kind) => {
      const { page, histories } = answers.rows[kind] as Rows;
      const { columns, rows } = tables[tableName[kind]] ?? { columns: [], rows: [] };
      const [at, by] = [columns.indexOf('key'), columns.indexOf('former_key')];
      const formerKeys = new Map(rows.map((row) => [row[at], row[by]]));
      const replaced = Object.values(histories).flat();
      return [...page, ...replaced.map((version) => version.record)].map((row) => {
        const standing = page.find((each) => each.account === row.account && each.key === row.key);
        const former = standing === undefined ? null : formerKeys.get(row.key);
        const versions = [`${row.account} ${row.key}`, `${row.account} ${former}`]
          .flatMap((id) => histories[id] ?? [])
          .map((version) => version.record.archivedAt);
        return {
          row: `${kind} ${row.account} ${row.key} ${row.archivedAt}`,
          firstArchivedAt: Math.min(row.archivedAt, standing?.archivedAt ?? row.archivedAt, ...versions),
        };
      });
    });
  }

  /** What a provider sent for each row that stands, and the digest that was kept of it. */
  function recordsOf(kind: RecordKind) {
    const { columns, rows } = expected.tables[tableName[kind]] ?? { columns: [], rows: [] };
    const place = (column: string) => columns.indexOf(column);
    const page = (expected.answers.rows[kind] as Rows).page;
    return page.map((row) => {
      const cells = rows.find(
        (each) => each[place('account')] === row.account && each[place('key')] === row.key,
      );
      const formerKey = cells?.[place('former_key')] ?? null;
      const { account: _, provider: __, archivedAt: ___, vanishedAt: ____, ...sent } = row;
      return {
        row,
        record: { ...sent, formerKey } as RecordOf[RecordKind],
        digest: BigInt(String(cells?.[place('digest')])),
      };
    });
  }
});
