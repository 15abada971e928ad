import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { keepCopy } from '../../src/archive/duckdb/keep-copy.ts';
import { migrateFile, openMigrated, withoutExtensions } from '../../src/archive/duckdb/migrate.ts';
import { migrations as fileSteps } from '../../src/archive/duckdb/migrations/list.ts';
import { addFields } from '../../src/archive/migrations/add-fields.ts';
import { migrations as every } from '../../src/archive/migrations/list.ts';
import { type Migration, nameOf, type Step, stepsOf } from '../../src/archive/migrations/migration.ts';
import { checkOrder, type MigrateResult, pendingAfter } from '../../src/archive/migrations/plan.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { migrateDatabase } from '../../src/archive/postgres/migrate.ts';
import { migrations as databaseSteps } from '../../src/archive/postgres/migrations/list.ts';
import { recordColumns } from '../../src/archive/sql/columns.ts';
import { migrate } from '../../src/commands/migrate.ts';
import { recordKinds } from '../../src/records/record.ts';
import { sqlName, tableName } from '../../src/records/shape.ts';
import { all, read } from './conformance/sample.ts';
import { sameName } from './conformance/store.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

const fixture = (name: string) =>
  gunzipSync(readFileSync(new URL(`../fixtures/releases/0.1.0/${name}.gz`, import.meta.url)));
const later = (over: Partial<Step> = {}): Step => ({
  ...{ id: 9_000, name: 'later', release: '9.1.0', sql: 'CREATE TABLE later (one BIGINT)' },
  ...over,
});

let folder: string;
let server: PostgresServer;
let file: string;
let files = 0;
beforeAll(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'countroom-migrations-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  files += 1;
  file = join(folder, `${files}.duckdb`);
});

async function rowsOf(path: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function upgrade(path: string, steps: readonly Step[]): Promise<MigrateResult> {
  const { connection, instance, migrated } = await openMigrated(path, withoutExtensions, steps);
  connection.closeSync();
  instance.closeSync();
  return migrated;
}

const keptBeside = (path: string) =>
  readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.0`));

describe('the list of migrations', () => {
  it('is in order, each number once', () => {
    expect(() => checkOrder(every)).not.toThrow();
    expect(new Set(every.map(({ name }) => name)).size).toBe(every.length);
  });

  it.each([
    ['equal', 2, /expected a larger number after 0002-b, got 0002-c/],
    ['out of order', 1, /expected a larger number after 0002-b, got 0001-c/],
  ])('refuses numbers that are %s, with the name, on both archives', async (_, id, fault) => {
    const wrong = [later({ id: 2, name: 'b' }), later({ id, name: 'c' })];
    expect(() => checkOrder(wrong)).toThrow(fault);
    await expect(upgrade(file, wrong)).rejects.toThrow(fault);
    const url = await server.createDatabase();
    await expect(migrateDatabase(url, { steps: wrong })).rejects.toThrow(fault);
    expect((await server.run("SELECT to_regclass('later') AS made", url)).rows).toEqual([{ made: null }]);
  });

  it('refuses an archive that lacks one of those before its newest', () => {
    const steps = [later({ id: 1, name: 'a' }), later({ id: 2, name: 'b' }), later({ id: 3, name: 'c' })];
    const applied = [1, 3].map((id) => ({ id, name: 'x', checksum: null, release: null }));
    expect(() => pendingAfter(steps, applied)).toThrow(/expected migration 0002-b before 0003-x/);
  });

  it('refuses an archive that has another migration of a number', () => {
    const applied = [{ id: 9_000, name: 'other', checksum: 'another', release: null }];
    expect(() => pendingAfter([later()], applied)).toThrow(/9000-later as released, got .* \(9000-other\)/);
  });

  it('names columns wherever rows are written, in whatever order a table has them', () => {
    const root = fileURLToPath(new URL('../../src/archive/', import.meta.url));
    const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.includes('migrations/'))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
    const positional =
      /INSERT INTO (?:\$\{[^}]*\}|\w)+(?: AS \w+)?\s+(?:VALUES|SELECT|TABLE|WITH)|\bCOPY (?:\$\{[^}]*\}|\w)+ FROM/;
    expect(sources.filter(({ text }) => positional.test(text)).map(({ path }) => path)).toEqual([]);
    const appenders = sources.filter(({ text }) => text.includes('.createAppender('));
    expect(appenders.map(({ path }) => path)).toEqual(['duckdb/appender.ts']);
  });
});

describe('migrating a DuckDB file', () => {
  it('keeps a copy of what another release left, which opens again, and names it', async () => {
    writeFileSync(file, fixture('archive.duckdb'));
    const before = await rowsOf(file, 'SELECT account, key, digest FROM bets ORDER BY ALL');
    const { pending, notes } = await upgrade(file, [...fileSteps, later()]);
    expect(pending.at(-1)).toBe('9000-later');
    expect(notes).toEqual([expect.stringContaining(`${file}.0.1.0.bak`)]);
    expect(await rowsOf(`${file}.0.1.0.bak`, 'SELECT account, key, digest FROM bets ORDER BY ALL')).toEqual(
      before,
    );
    expect(await rowsOf(`${file}.0.1.0.bak`, "SELECT value FROM archive_meta WHERE name = 'schema'")).toEqual(
      [['1']],
    );
    expect(await rowsOf(file, 'SELECT account, key, digest FROM bets ORDER BY ALL')).toEqual(before);
    expect(await upgrade(file, [...fileSteps, later()])).toEqual({ pending: [], notes: [] });
  });

  it('takes in what a killed process left in its log, before and after', async () => {
    writeFileSync(file, fixture('unclosed.duckdb'));
    writeFileSync(`${file}.wal`, fixture('unclosed.duckdb.wal'));
    const steps = [
      ...fileSteps,
      later({ sql: 'ALTER TABLE bets ADD COLUMN later BIGINT; UPDATE bets SET later = 7' }),
    ];
    const { connection, instance } = await openMigrated(file, withoutExtensions, steps);
    expect(existsSync(`${file}.0.1.0.bak`)).toBe(true);
    // As killed here: the file and its log as they lie, nothing closed.
    const killed = `${file}.killed.duckdb`;
    writeFileSync(killed, readFileSync(file));
    writeFileSync(`${killed}.wal`, readFileSync(`${file}.wal`));
    connection.closeSync();
    instance.closeSync();
    for (const path of [file, killed]) {
      expect(await upgrade(path, steps)).toEqual({ pending: [], notes: [] });
      expect(await rowsOf(path, 'SELECT count(*)::INT, min(later)::INT FROM bets')).toEqual([[40, 7]]);
    }
    expect(await rowsOf(`${file}.0.1.0.bak`, 'SELECT count(*)::INT FROM bets')).toEqual([[40]]);
  });

  it('takes nothing of a migration that fails, and goes on from the one before it', async () => {
    writeFileSync(file, fixture('archive.duckdb'));
    const broken = later({ sql: 'CREATE TABLE later (one BIGINT); SELECT nothing' });
    for (const _ of [1, 2, 3]) await expect(upgrade(file, [...fileSteps, broken])).rejects.toThrow(/nothing/);
    // One copy a layout, however often it is tried.
    expect(keptBeside(file)).toEqual(['0.1.0', '0.2.0'].map((release) => `${basename(file)}.${release}.bak`));
    expect(await rowsOf(`${file}.0.1.0.bak`, 'SELECT count(*)::INT FROM bets')).toEqual([[40]]);
    const made = "SELECT table_name FROM duckdb_tables() WHERE table_name = 'later'";
    expect(await rowsOf(file, made)).toEqual([]);
    const archive = await createDuckDbArchive({ path: file, playerOf: sameName });
    expect(await archive.count(all('BET', ['vp-main']))).toBeGreaterThan(0);
    await archive.close();
    expect((await upgrade(file, [...fileSteps, later()])).pending).toEqual(['9000-later']);
    expect(await rowsOf(file, made)).toEqual([['later']]);
  });

  it('goes on without a copy where the disk has no room for one, and says so', async () => {
    writeFileSync(file, fixture('archive.duckdb'));
    const size = statSync(file).size;
    expect(await keepCopy(file, '0.1.0', async () => size)).toMatch(
      /no copy of the file was kept: \d+ MB were needed/,
    );
    expect(keptBeside(file)).toEqual([]);
  });

  it('refuses a newer file with the layouts and the release it needs, and leaves it alone', async () => {
    await upgrade(file, [...fileSteps, later()]);
    const bytes = readFileSync(file);
    const known = fileSteps.at(-1)?.id;
    const fault = new RegExp(
      `at most ${known}, got 9000: a newer release wrote it; use countroom 9.1.0 or later`,
    );
    await expect(createDuckDbArchive({ path: file, playerOf: sameName })).rejects.toThrow(fault);
    await expect(migrateFile(file)).rejects.toThrow(fault);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(keptBeside(file)).toEqual([]);
  });

  it('makes the same of an old file as of a new one, and a column for every field', async () => {
    writeFileSync(file, fixture('archive.duckdb'));
    await migrateFile(file);
    const fresh = `${file}.fresh`;
    await migrateFile(fresh);
    const layout = `SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns()
      WHERE NOT internal AND table_name <> 'schema_migrations' ORDER BY ALL`;
    const columns = await rowsOf(fresh, layout);
    expect(await rowsOf(file, layout)).toEqual(columns);
    for (const kind of recordKinds) {
      for (const table of [tableName[kind], `${tableName[kind]}_history`]) {
        const names = columns.filter(([name]) => name === table).map(([, column]) => column);
        expect(names).toEqual(expect.arrayContaining(recordColumns[kind].map(({ name }) => sqlName(name))));
      }
    }
  });

  it('says what it would do, and does nothing', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => lines.push(line) };
    const io = { stdout: stream, stderr: stream } as unknown as Parameters<typeof migrate>[0]['io'];
    const config = { archive: { url: `duckdb:${file}`, memoryMb: 512, keepVersions: null } };
    expect(await migrate({ config, dryRun: true, io })).toBe(0);
    expect(lines).toEqual(fileSteps.map((step) => `${nameOf(step)}: would be applied\n`));
    expect(existsSync(file)).toBe(false);
    lines.length = 0;
    expect(await migrate({ config, dryRun: false, io })).toBe(0);
    expect(lines).toEqual(fileSteps.map((step) => `${nameOf(step)}: applied\n`));
    lines.length = 0;
    expect(await migrate({ config, dryRun: true, io })).toBe(0);
    expect(lines).toEqual(['the archive has this release’s layout already\n']);
  });
});

describe('a field more', () => {
  const added: readonly Migration[] = [
    { id: 9_000, name: 'notes', release: '9.1.0', ...addFields('bets', { note: 'text', tax: 'summed' }) },
  ];

  it('is a migration of one line, on a DuckDB file that holds rows', async () => {
    writeFileSync(file, fixture('archive.duckdb'));
    await upgrade(file, stepsOf('duckdb', [...every, ...added]));
    for (const table of ['bets', 'bets_history']) {
      expect(
        await rowsOf(file, `SELECT count(*) > 0, count(note)::INT, count(tax)::INT FROM ${table}`),
      ).toEqual([[true, 0, 0]]);
      expect(await rowsOf(file, `SELECT count(tax_scale)::INT FROM ${table}`)).toEqual([[0]]);
    }
  });

  it('is a migration of one line, on a PostgreSQL database that holds rows and goes on to be written', async () => {
    const url = await server.createDatabase();
    await server.run(fixture('postgres.sql').toString(), url);
    await migrateDatabase(url, { steps: stepsOf('postgres', [...every, ...added]) });
    const { rows } = await server.run(
      `SELECT (SELECT sum(bets)::int FROM bet_days) AS rolled, (SELECT count(*)::int FROM bets) AS counted,
        (SELECT sum(tax) FROM bet_days) AS tax, (SELECT count(tax_scale)::int FROM bet_days) AS scales`,
      url,
    );
    expect(rows).toEqual([{ rolled: 40, counted: 40, tax: '0', scales: 0 }]);
  });
});

describe('migrating a PostgreSQL database', () => {
  it('adds up bets that lay there before roll-ups were made, and goes on from them', async () => {
    const url = await server.createDatabase();
    await server.run(fixture('postgres-0001.sql').toString(), url);
    const { pending } = await migrateDatabase(url);
    expect(pending).toEqual(databaseSteps.slice(1).map(nameOf));
    const sums = await server.run(
      `SELECT sum(bets)::int AS bets, sum(stake) AS stake,
        (SELECT count(*)::int FROM bets) AS counted, (SELECT sum(stake) FROM bets) AS added FROM bet_days`,
      url,
    );
    const { bets, stake, counted, added } = sums.rows[0];
    expect([bets, stake]).toEqual([counted, added]);
    const archive = await createPostgresArchive({ url, playerOf: sameName });
    await archive.commit(read('vp-main', { interval: { from: 0, to: 1 } }));
    expect(await archive.count(all('BET', ['vp-main']))).toBeGreaterThan(0);
    await archive.close();
  });

  it('changes nothing where one of several fails', async () => {
    const url = await server.createDatabase();
    await server.run(fixture('postgres-0004.sql').toString(), url);
    const steps = [...databaseSteps, later({ sql: 'SELECT nothing' })];
    await expect(migrateDatabase(url, { steps })).rejects.toThrow(/nothing/);
    const { rows } = await server.run('SELECT max(id) AS id FROM schema_migrations', url);
    expect(rows).toEqual([{ id: 4 }]);
  });

  it('refuses a newer database with the layouts and the release it needs', async () => {
    const url = await server.createDatabase();
    await migrateDatabase(url, { steps: [...databaseSteps, later()] });
    const known = databaseSteps.at(-1)?.id;
    await expect(createPostgresArchive({ url, playerOf: sameName })).rejects.toThrow(
      new RegExp(`at most ${known}, got 9000: a newer release wrote it; use countroom 9.1.0 or later`),
    );
  });

  it('makes the same of an old database as of a new one', async () => {
    const [old, fresh] = [await server.createDatabase(), await server.createDatabase()];
    await server.run(fixture('postgres.sql').toString(), old);
    await migrateDatabase(old);
    await migrateDatabase(fresh);
    const layout = `SELECT table_name, column_name, data_type, is_nullable, collation_name, generation_expression
      FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`;
    expect((await server.run(layout, old)).rows).toEqual((await server.run(layout, fresh)).rows);
  });
});
