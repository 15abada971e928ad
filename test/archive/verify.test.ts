import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import type { Copying } from '../../src/archive/copy.ts';
import { copyingDuckDb } from '../../src/archive/duckdb/copy.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import { copyingPostgres } from '../../src/archive/postgres/copy.ts';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { type Verified, verifyArchive } from '../../src/archive/verify.ts';
import { decimal } from '../../src/records/decimal.ts';
import { bet, failure, read, transfer } from './conformance/sample.ts';
import { sameName } from './conformance/store.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'countroom-verify-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

interface Engine {
  open(): Promise<KeptArchive>;
  readonly copying: Copying;
  /** Changes the archive behind its back. */
  run(sql: string): Promise<unknown>;
}

let files = 0;
const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  async DuckDB() {
    files += 1;
    const path = join(folder, `${files}.duckdb`);
    return {
      open: () => createDuckDbArchive({ path, playerOf: sameName }),
      copying: copyingDuckDb(path),
      async run(sql) {
        const instance = await DuckDBInstance.create(path);
        const connection = await instance.connect();
        await connection.run(sql);
        connection.closeSync();
        instance.closeSync();
      },
    };
  },
  async PostgreSQL() {
    const url = await server.createDatabase();
    return {
      open: () => createPostgresArchive({ url, playerOf: sameName }),
      copying: copyingPostgres(url),
      run: (sql) => server.run(sql, url),
    };
  },
};

const HOUR = 3_600_000;
const window = (index: number) => ({ from: index * HOUR, to: (index + 1) * HOUR });
const rows = (index: number, count: number) =>
  Array.from({ length: count }, (_, at) =>
    bet(`k${index}-${at}`, index * HOUR + at * 1_000, { versionAt: 1 }),
  );

/** Reads of several windows, in which rows changed, moved, went, came by themselves and took over others' keys. */
async function fill(archive: KeptArchive): Promise<void> {
  for (let index = 0; index < 6; index += 1)
    await archive.commit(read('a', { interval: window(index), readAt: 10, rows: rows(index, 20) }));
  const [first, second, third, ...others] = rows(0, 20);
  const moved = { ...second!, axisAt: HOUR + 500, versionAt: 2, raw: 'moved' };
  // One changed, one moved to the next window, one is listed no more.
  const changed = { ...first!, versionAt: 2, raw: 'changed', stake: decimal('0.10') };
  await archive.commit(read('a', { interval: window(0), readAt: 20, rows: [changed, moved, ...others] }));
  const older = { ...third!, versionAt: 0, raw: 'older' };
  await archive.commit(read('a', { interval: null, readAt: 30, rows: [older, bet('alone', 5 * HOUR + 7)] }));
  await archive.commit(
    read('a', {
      interval: { from: 2.5 * HOUR, to: 3.5 * HOUR },
      readAt: 40,
      rows: [bet('own', 3 * HOUR, { formerKey: 'k3-0' })],
    }),
  );
  const other = { ...read('c', { interval: window(0) }), provider: 'hotroad' as const };
  await archive.commit({ ...other, kind: 'TRANSFER', rows: [transfer('t', 5)] });
  await archive.commit({ ...other, kind: 'SEQ_NO_FAILURE', rows: [failure('f', 6)] });
}

async function verified({ copying }: Engine): Promise<Verified> {
  const source = await copying.openSource();
  try {
    return await verifyArchive(source, { signal: new AbortController().signal });
  } finally {
    await source.close();
  }
}

describe.each(Object.keys(engines))('what is in %s, against its own ledger', (name) => {
  async function filled(): Promise<Engine> {
    const engine = await engines[name]!();
    const archive = await engine.open();
    await fill(archive);
    await archive.close();
    return engine;
  }

  it('differs in nothing, whatever changed, moved, went or came by itself', async () => {
    const { differences, proven, rows: count } = await verified(await filled());
    expect(differences).toEqual([]);
    expect(proven).toBeGreaterThanOrEqual(6);
    expect(count).toBeGreaterThan(120);
  });

  it('differs where a row is gone, in its read and its roll-ups, and says which', async () => {
    const engine = await filled();
    await engine.run("DELETE FROM bets WHERE key = 'k4-3'");
    const { differences } = await verified(engine);
    expect(differences[0]).toBe(
      'a BET 1970-01-01T04:00:00.000Z to 1970-01-01T05:00:00.000Z: ' +
        'the read of 1970-01-01T00:00:00.010Z listed 20 rows, the archive has 19',
    );
    expect(differences.slice(1)).toEqual(
      name === 'DuckDB'
        ? []
        : ['bet_days', 'bet_hours', 'bet_quarters'].map((tier) =>
            expect.stringMatching(`^a ${tier} from 1970-01-01T0[04]:00:00.000Z on: its sums are not`),
          ),
    );
  });

  it('differs where a column was changed, and names the row', async () => {
    const engine = await filled();
    await engine.run("UPDATE bets SET game_code = 'other' WHERE key = 'k4-3'");
    expect((await verified(engine)).differences).toEqual([
      'a BET k4-3: its columns are not what its digest says',
    ]);
  });

  it('differs where another row took the place of one', async () => {
    const engine = await filled();
    await engine.run("UPDATE bets SET digest = digest - 1 WHERE key = 'k4-3'");
    expect((await verified(engine)).differences).toEqual([
      'a BET k4-3: its columns are not what its digest says',
      expect.stringMatching(/listed 20 rows, of which some are others now$/),
    ]);
  });
});

describe('roll-ups', () => {
  it('differ where they were filled wrongly, as by a migration that carried no data', async () => {
    const engine = await engines['PostgreSQL']!();
    const archive = await engine.open();
    await fill(archive);
    await archive.close();
    await engine.run('TRUNCATE bet_hours');
    const { differences } = await verified(engine);
    expect(differences.length).toBeGreaterThanOrEqual(6);
    expect(differences.every((each) => each.startsWith('a bet_hours from 1970-01-01T0'))).toBe(true);
  });
});
