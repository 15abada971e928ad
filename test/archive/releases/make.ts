import { deepStrictEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type PostgresServer, startPostgres } from '../postgres-server.ts';
import { createReleaseClock, fillFirst, fillSecond, noteRequests, releasePlayerOf } from './fill.ts';
import { cellsOf, told } from './told.ts';

// Archives as a release leaves them behind, and every cell of them: see the README beside what this writes.
const ownRoot = fileURLToPath(new URL('../../../', import.meta.url));
const root = resolve(process.argv[2] ?? ownRoot);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const target = fileURLToPath(new URL(`../../fixtures/releases/${version}/`, import.meta.url));

const [
  { createDuckDbArchive },
  { copyingDuckDb },
  { createPostgresArchive },
  { copyingPostgres },
  { migrations },
  tables,
] = await Promise.all([
  released<typeof import('../../../src/archive/duckdb/index.ts')>('archive/duckdb/index.ts'),
  released<typeof import('../../../src/archive/duckdb/copy.ts')>('archive/duckdb/copy.ts'),
  released<typeof import('../../../src/archive/postgres/index.ts')>('archive/postgres/index.ts'),
  released<typeof import('../../../src/archive/postgres/copy.ts')>('archive/postgres/copy.ts'),
  released<typeof import('../../../src/archive/postgres/migrations/list.ts')>(
    'archive/postgres/migrations/list.ts',
  ),
  released<typeof import('../../../src/archive/sql/tables.ts')>('archive/sql/tables.ts'),
]);

// What takes a database back from the layout after each: the fixtures of 0.1.0 alone need them.
const undo: Readonly<Record<number, string>> = {
  4: 'DROP TABLE trail',
  3: 'DROP VIEW v_bets, v_transfers, v_failures, v_bet_totals, v_coverage',
  2: 'DROP TABLE pace_slots, pace_starts, pace_waiters, leases; DROP SEQUENCE lease_tokens',
  1: 'DROP TABLE bet_quarters, bet_hours, bet_days',
};

const folder = mkdtempSync(join(tmpdir(), 'countroom-release-'));
const server = await startPostgres();
try {
  mkdirSync(target, { recursive: true });
  const duckDb = await makeDuckDb();
  const postgres = await makePostgres(server);
  deepStrictEqual(postgres, duckDb, 'expected both archives to hold the same');
  writeFileSync(join(target, 'expected.json'), `${spelt(duckDb)}\n`);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}

function released<T>(path: string): Promise<T> {
  return import(pathToFileURL(join(root, 'src', path)).href) as Promise<T>;
}

/** A file that was closed, and one as a process leaves it that is killed: with the log of what it does not hold yet. */
async function makeDuckDb() {
  const path = join(folder, 'archive.duckdb');
  const archive = await createDuckDbArchive({
    path,
    playerOf: releasePlayerOf,
    clock: createReleaseClock(),
  });
  await fillFirst(archive);
  await fillSecond(archive);
  await noteRequests(archive);
  const answers = await told(archive);
  for (const [from, to] of [
    [path, 'unclosed.duckdb'],
    [`${path}.wal`, 'unclosed.duckdb.wal'],
  ] as const) {
    copyFileSync(from, join(folder, to));
    pack(to, readFileSync(join(folder, to)));
  }
  await archive.close();
  pack('archive.duckdb', readFileSync(path));
  const source = await copyingDuckDb(path).openSource();
  const cells = await cellsOf(source, tables.archiveTables);
  await source.close();
  return { tables: cells, answers };
}

async function makePostgres(server: PostgresServer) {
  const url = await server.createDatabase();
  const old = await server.createDatabase();
  let looks = 0;
  const clock = createReleaseClock();
  const counting = () => {
    looks += 1;
    return clock();
  };
  const archive = await createPostgresArchive({ url, playerOf: releasePlayerOf, clock: counting });
  await fillFirst(archive);
  await makeFirstLayout(server, url, old);
  const resumed = createReleaseClock(looks);
  await fillSecond(archive);
  await noteRequests(archive);
  const answers = await told(archive);
  await archive.close();
  pack('postgres.sql', dump(url));
  const source = await copyingPostgres(url).openSource();
  const cells = await cellsOf(source, tables.archiveTables);
  await source.close();

  // The same history with an upgrade in its middle: rows that lay there before roll-ups were made.
  const upgraded = await createPostgresArchive({ url: old, playerOf: releasePlayerOf, clock: resumed });
  await fillSecond(upgraded);
  await noteRequests(upgraded);
  await upgraded.close();
  pack('postgres-upgraded.sql', dump(old));
  for (const { id } of migrations.slice(0, -1).toReversed()) {
    await server.run(undo[id] ?? '', old);
    await server.run(`DELETE FROM schema_migrations WHERE id > ${id}`, old);
    pack(`postgres-${String(id).padStart(4, '0')}.sql`, dump(old));
  }
  return { tables: cells, answers };
}

/** Lays a database out as the first migration does, with the rows of another in it. */
async function makeFirstLayout(server: PostgresServer, from: string, to: string): Promise<void> {
  const first = migrations[0];
  if (first === undefined) throw new Error('expected a first migration');
  const checksum = createHash('sha256').update(first.sql).digest('hex');
  await server.run(first.sql, to);
  await server.run(
    `CREATE TABLE schema_migrations (
      id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL);
    INSERT INTO schema_migrations (id, name, checksum, applied_at) VALUES (1, '${first.name}', '${checksum}', now())`,
    to,
  );
  const { rows } = await server.run(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    to,
  );
  const shared = rows.map(({ name }) => String(name)).filter((name) => name !== 'schema_migrations');
  await server.run(`TRUNCATE ${shared.join(', ')}`, to);
  await server.run(
    dump(from, ['--data-only', ...shared.flatMap((name) => ['--table', name])]).toString(),
    to,
  );
}

/** The database as SQL that any client can run, without what only one server knows: roles, rights, settings. */
function dump(url: string, more: readonly string[] = []): Buffer {
  const options = [
    ...more,
    '--inserts',
    '--rows-per-insert=500',
    '--no-owner',
    '--no-privileges',
    '--no-comments',
  ];
  const sql = execFileSync('pg_dump', [...options, '--encoding=UTF8', url], { encoding: 'utf8' });
  const lines = sql
    .split('\n')
    .filter((line) => !/^(--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict )/.test(line));
  return Buffer.from(lines.join('\n').replace(/\n{2,}/g, '\n'));
}

function pack(name: string, bytes: Buffer): void {
  writeFileSync(join(target, `${name}.gz`), gzipSync(bytes, { level: 9 }));
}

/** One row a line, so that a difference can be read. */
function spelt(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 4) return JSON.stringify(value);
  const indent = ' '.repeat(depth + 1);
  if (Array.isArray(value)) {
    const items = value.map((each) => `${indent}${spelt(each, depth + 2)}`);
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${' '.repeat(depth)}]`;
  }
  const fields = Object.entries(value).map(
    ([name, each]) => `${indent}${JSON.stringify(name)}: ${spelt(each, depth + 1)}`,
  );
  return `{\n${fields.join(',\n')}\n${' '.repeat(depth)}}`;
}
