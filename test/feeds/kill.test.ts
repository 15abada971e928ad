import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryPoints } from '../../scripts/bundle.ts';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { sameName } from '../archive/conformance/store.ts';
import { type PostgresServer, startPostgres } from '../archive/postgres-server.ts';
import { type Built, buildPrograms } from '../built.ts';
import { createChecks } from './model/check.ts';
import { startProcess } from './model/process.ts';
import { createToldProvider, SINCE } from './model/told.ts';

const HOUR = 3_600_000;
/** The number of the lock that holds transactions up. */
const GATE = 4_711;
const statementKill = fileURLToPath(new URL('./model/statement-kill.mjs', import.meta.url));

/** Where each process ends, one after the other on the same archive: before a call, after it, before a commit, after it. */
const failpoints = [
  ['call', 2],
  ['answer', 3],
  ['commit', 1],
  ['commit', 2],
  ['committed', 1],
] as const;
/** What DuckDB was about to be told, by its number within a commit's transaction: see `statement-kill.mjs`. */
const statements = [3, 4, 5, 6] as const;

let folder: string;
let server: PostgresServer;
let programs: Built;
beforeAll(async () => {
  programs = await buildPrograms(
    { 'chunks/doomed': 'test/feeds/model/doomed.ts', 'chunks/worker': entryPoints['chunks/worker'] },
    // What `statement-kill.mjs` changes has to be what the program loads.
    ['@duckdb/node-api'],
  );
  folder = mkdtempSync(join(tmpdir(), 'countroom-kill-'));
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  programs.remove();
  rmSync(folder, { recursive: true });
});

/** Runs the doomed process; resolves to the signal that ended it, or null where it lived. */
async function runDoomed(...args: readonly (string | number)[]): Promise<string | null> {
  const child = start(...args);
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal;
}

function start(...args: readonly (string | number)[]) {
  const [, , moment, turn] = args;
  const preload = moment === 'statement' ? ['--import', statementKill] : [];
  return spawn(process.execPath, [...preload, programs.file('chunks/doomed'), ...args.map(String)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DIE_AT_STATEMENT: String(turn) },
  });
}

/** Looks that nothing held is without its rows; then, where asked, syncs to the end and compares with the truth. */
async function inspect(archive: KeptArchive, laterMs: number, toTheEnd: boolean): Promise<void> {
  const provider = createToldProvider('told', laterMs);
  const checks = createChecks(provider, () => archive);
  await checks.expectNeverAhead();
  if (!toTheEnd) return;
  const until = provider.now() - HOUR / 2;
  const process = startProcess(provider, archive, SINCE);
  for (let round = 0; !(await checks.isFinal(SINCE, until)); round += 1) {
    expect(round).toBeLessThan(20);
    await process.sync();
  }
  await checks.expectNeverAhead();
  await checks.expectTruth();
  await process.close();
}

describe('a process that is killed', () => {
  test('leaves a DuckDB archive from which the next one goes on to the truth', async () => {
    const path = join(folder, 'a.duckdb');
    const within = statements.map((number) => ['statement', number] as const);
    for (const [index, [moment, turn]] of [...failpoints, ...within].entries()) {
      const signal = await runDoomed(`duckdb:${path}`, index * 160_000, moment, turn);
      expect(signal, `${moment} ${turn}`).toBe('SIGKILL');
      const archive = await createDuckDbArchive({ path, playerOf: sameName });
      await inspect(archive, 0, false);
      await archive.close();
    }
    const archive = await createDuckDbArchive({ path, playerOf: sameName });
    await inspect(archive, HOUR / 2, true);
    await archive.close();
  });

  test('leaves a PostgreSQL archive from which the next one goes on to the truth', async () => {
    const url = await server.createDatabase();
    const archive = await createPostgresArchive({ url, playerOf: sameName, leaseMs: 300 });
    for (const [index, [moment, turn]] of failpoints.entries()) {
      expect(await runDoomed(url, index * 160_000, moment, turn), `${moment} ${turn}`).toBe('SIGKILL');
      await inspect(archive, 0, false);
    }
    const gate = await buildGate(url);
    for (const [index, where] of (['written', 'committing'] as const).entries()) {
      await gate.close(where);
      const child = start(url, (failpoints.length + index) * 160_000, 'none');
      const ended = once(child, 'exit');
      await expect.poll(() => gate.holdsUp(), { interval: 20 }).toBe(true);
      child.kill('SIGKILL');
      await ended;
      await gate.open();
      await expect.poll(() => gate.holdsUp(), { interval: 20 }).toBe(false);
      await inspect(archive, 0, false);
    }
    await gate.remove();
    await inspect(archive, HOUR / 2, true);
    await archive.close();
  });
});

/** Lets the database hold a commit's transaction up for as long as asked: when the ledger is written, or when it is committing. */
async function buildGate(url: string) {
  const keeper = new pg.Client({ connectionString: url });
  await keeper.connect();
  await keeper.query(
    `CREATE TABLE gate (at text); INSERT INTO gate VALUES ('nowhere');
    CREATE FUNCTION wait_at() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF EXISTS (SELECT 1 FROM gate WHERE at = TG_ARGV[0]) THEN PERFORM pg_advisory_xact_lock_shared(${GATE}); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER written BEFORE INSERT ON intervals FOR EACH ROW EXECUTE FUNCTION wait_at('written');
    CREATE CONSTRAINT TRIGGER committing AFTER INSERT ON intervals DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION wait_at('committing');`,
  );
  return {
    async close(where: 'written' | 'committing') {
      await keeper.query(`SELECT pg_advisory_lock(${GATE})`);
      await keeper.query('UPDATE gate SET at = $1', [where]);
    },
    async open() {
      await keeper.query("UPDATE gate SET at = 'nowhere'");
      await keeper.query(`SELECT pg_advisory_unlock(${GATE})`);
    },
    async holdsUp() {
      const { rows } = await keeper.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ${GATE} AND NOT granted`,
      );
      return rows.length > 0;
    },
    remove: () => keeper.end(),
  };
}
