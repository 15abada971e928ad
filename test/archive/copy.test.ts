import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { copyArchive } from '../../src/archive/copy.ts';
import { copyingDuckDb } from '../../src/archive/duckdb/copy.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { copyingPostgres } from '../../src/archive/postgres/copy.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { archiveTables } from '../../src/archive/sql/tables.ts';
import { decimal } from '../../src/records/decimal.ts';
import type { RecordKind } from '../../src/records/record.ts';
import { all, bet, failure, firstPage, read, transfer } from './conformance/sample.ts';
import { sameName } from './conformance/store.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'countroom-copy-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

let files = 0;
const engines = {
  DuckDB: async () => {
    files += 1;
    const path = join(folder, `${files}.duckdb`);
    return { open: () => createDuckDbArchive({ path, playerOf: sameName }), copying: copyingDuckDb(path) };
  },
  PostgreSQL: async () => {
    const url = await server.createDatabase();
    return { open: () => createPostgresArchive({ url, playerOf: sameName }), copying: copyingPostgres(url) };
  },
};
type Engine = keyof typeof engines;

const opened: KeptArchive[] = [];
afterEach(async () => {
  for (const archive of opened.splice(0)) await archive.close();
});
const quiet = { signal: new AbortController().signal, onStep: () => {} };

/** Something of everything: replaced and vanished rows, a former key, every kind, amounts at both ends, odd text. */
async function fill(archive: KeptArchive): Promise<void> {
  const interval = { from: 0, to: 100_000 };
  const large = { stake: decimal('12345678901234567890.000000000000000001'), netWin: decimal('-0.10') };
  const odd = {
    raw: '{"a":"tab\\tand\\\\slash \n line é漢"}',
    result: ['a', null, 'ü\t"'],
    gameType: 'LIVE',
  };
  const many = Array.from({ length: 2_100 }, (_, index) => bet(`k${index}`, index, { versionAt: 1 }));
  await archive.commit(
    read('a', { interval, readAt: 10, rows: [...many, bet('big', 7, large), bet('odd', 8, odd)] }),
  );
  await archive.commit(
    read('a', {
      interval,
      readAt: 20,
      rows: many
        .slice(1)
        .map((row) => ({ ...row, versionAt: 2, axisAt: row.axisAt + 1, raw: `${row.raw} ` })),
    }),
  );
  await archive.commit(
    read('b', {
      interval: { from: 0, to: 10 },
      rows: [bet('new', 5, { formerKey: 'old' })],
      quarantined: [{ reason: 'stake: expected a number', raw: '{}' }],
    }),
  );
  const asked = { requestId: 'r', key: 'bi', role: 'bi', accounts: ['a'], route: 'export', operation: null };
  await archive.writeAudit([{ ...asked, at: 1_000, rows: 5, cost: null, durationMs: 12, error: null }], 0);
  const other = { ...read('c', { interval }), provider: 'hotroad' as const };
  await archive.commit({ ...other, kind: 'TRANSFER', rows: [transfer('t', 5)] });
  await archive.commit({ ...other, kind: 'SEQ_NO_FAILURE', rows: [failure('f', 6)] });
}

/** Everything the archive's own methods tell. */
async function contentsOf(archive: KeptArchive) {
  const accounts = ['a', 'b', 'c'];
  const pages = await Promise.all(
    (['BET', 'TRANSFER', 'SEQ_NO_FAILURE'] satisfies RecordKind[]).map((kind) =>
      archive.page(firstPage(all(kind, accounts), 10_000)),
    ),
  );
  const totals = await archive.totals({
    ...all('BET', accounts),
    groupBy: ['ACCOUNT', 'GAME_TYPE'],
    periods: null,
    countPlayers: false,
    countRounds: false,
  });
  const range = { from: -1e9, to: 1e9 };
  const feeds = accounts.map((account) => ({ account, kind: 'BET' as const }));
  return {
    pages,
    totals: [...totals].sort((x, y) =>
      `${x.account}${x.gameType}`.localeCompare(`${y.account}${y.gameType}`),
    ),
    history: await Promise.all(
      ['k7', 'big', 'odd', 'old'].map((key) => archive.history('BET', { account: 'a', key })),
    ),
    ledger: await Promise.all(feeds.map((feed) => archive.ledger(feed, range))),
    quarantined: await archive.quarantined(accounts),
    names: await archive.usernames(null),
    trail: await archive.readAudit(range),
  };
}

describe('copying an archive', () => {
  const pairs: [Engine, Engine][] = [
    ['DuckDB', 'PostgreSQL'],
    ['PostgreSQL', 'DuckDB'],
    ['PostgreSQL', 'PostgreSQL'],
    ['DuckDB', 'DuckDB'],
  ];
  it.each(pairs)('moves all of it from %s to %s, which goes on as the first would', async (from, to) => {
    const [first, second] = [await engines[from](), await engines[to]()];
    const filled = await first.open();
    await fill(filled);
    const expected = await contentsOf(filled);
    await filled.close();

    const [source, target] = [await first.copying.openSource(), await second.copying.openTarget()];
    const copied = await copyArchive(source, target, quiet);
    await target.close();
    await source.close();
    expect(copied.find(({ table }) => table === 'bets')?.rows).toBe(2_103);
    expect(copied.find(({ table }) => table === 'bets_history')?.rows).toBe(2_099);

    const archive = await second.open();
    opened.push(archive);
    expect(await contentsOf(archive)).toEqual(expected);
    const newest = Math.max(...expected.pages[0]!.map((row) => row.archivedAt));
    expect(
      await archive.commit(read('a', { readAt: 30, rows: [bet('k7', 9, { versionAt: 3 })] })),
    ).toMatchObject({
      changed: 1,
    });
    const [row] = await archive.byKeys('BET', [{ account: 'a', key: 'k7' }]);
    expect(row?.archivedAt).toBeGreaterThan(newest);
    const before = await first.open();
    opened.push(before);
    expect(await contentsOf(before)).toEqual(expected);
  });

  it.each(Object.keys(engines) as Engine[])(
    'refuses a %s that is not empty, and one that is none',
    async (name) => {
      const place = await engines[name]();
      await expect(place.copying.openSource()).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
      const archive = await place.open();
      await archive.commit(read('a', { interval: { from: 0, to: 10 } }));
      await archive.close();
      await expect(place.copying.openTarget()).rejects.toThrow(/expected an empty archive to copy into/);
      // Nothing is kept locked by it.
      const again = await place.open();
      opened.push(again);
      await again.commit(read('a', { interval: { from: 10, to: 20 } }));
    },
  );

  it.each(Object.keys(engines) as Engine[])(
    'takes a %s that a gateway was started on and that holds nothing for an empty one',
    async (name) => {
      const [first, second] = [await engines.PostgreSQL(), await engines[name]()];
      const filled = await first.open();
      await fill(filled);
      const mapping = { account: 'a', options: '{"jackpotInWin":true}', isUnderWay: false };
      await filled.writeMapping(mapping);
      await filled.close();
      const started = await second.open();
      for (const account of ['a', 'b'])
        await started.writeMapping({ account, options: '{"jackpotInWin":false}', isUnderWay: false });
      await started.close();

      const [source, target] = [await first.copying.openSource(), await second.copying.openTarget()];
      await copyArchive(source, target, quiet);
      await target.close();
      await source.close();
      const archive = await second.open();
      opened.push(archive);
      expect(await archive.mappings()).toEqual([mapping]);
    },
  );

  it.each(Object.keys(engines) as Engine[])(
    'leaves %s empty when it is interrupted, and begins anew',
    async (name) => {
      const [first, second] = [await engines.DuckDB(), await engines[name]()];
      const filled = await first.open();
      await fill(filled);
      await filled.close();
      const stop = new AbortController();
      const onStep = () => stop.abort();
      const source = await first.copying.openSource();
      const target = await second.copying.openTarget();
      await expect(copyArchive(source, target, { signal: stop.signal, onStep })).rejects.toThrow(/abort/);
      await target.close();
      const again = await second.copying.openTarget();
      await copyArchive(source, again, quiet);
      await again.close();
      await source.close();
    },
  );

  it('forgets no table that either archive has', async () => {
    const url = await server.createDatabase();
    await (await createPostgresArchive({ url, playerOf: sameName })).close();
    // What is derived, and what processes agree on among themselves.
    const left =
      /^(schema_migrations|archive_clock|archive_meta|bet_(quarters|hours|days)|leases|naming|orders|pace_.*)$/;
    const moved = archiveTables.map(({ name }) => name).sort();
    const { rows } = await server.run(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
      url,
    );
    expect(
      rows
        .map(({ name }) => String(name))
        .filter((name) => !left.test(name))
        .sort(),
    ).toEqual(moved);

    const { open } = await engines.DuckDB();
    await (await open()).close();
    const instance = await DuckDBInstance.create(join(folder, `${files}.duckdb`), {
      access_mode: 'READ_ONLY',
    });
    const connection = await instance.connect();
    const found = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
    expect(
      found
        .getRows()
        .map(String)
        .filter((name) => !left.test(name))
        .sort(),
    ).toEqual(moved);
    connection.closeSync();
    instance.closeSync();
  });

  it('commits nothing where what was written is not what was read', async () => {
    const [first, second] = [await engines.DuckDB(), await engines.PostgreSQL()];
    const filled = await first.open();
    await fill(filled);
    await filled.close();
    const [source, target] = [await first.copying.openSource(), await second.copying.openTarget()];
    let dropped = false;
    const lossy = {
      ...target,
      add: async (...[table, cells]: Parameters<typeof target.add>) => {
        const whole = dropped || table.name !== 'bets';
        dropped ||= table.name === 'bets';
        await target.add(table, whole ? cells : cells.map((column) => column.slice(1)));
      },
    };
    await expect(copyArchive(source, lossy, quiet)).rejects.toThrow(
      /copy of bets: expected 2103 rows .* nothing was copied/,
    );
    await target.close();
    await source.close();
    await (await second.copying.openTarget()).close();
  });
});
