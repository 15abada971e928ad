import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateDatabase } from '../../../src/archive/postgres/migrate.ts';
import { migrations } from '../../../src/archive/postgres/migrations/list.ts';
import { recordColumns } from '../../../src/archive/sql/columns.ts';
import { migrate } from '../../../src/commands/migrate.ts';
import { encodeId } from '../../../src/graph/rows/ids.ts';
import { decimal } from '../../../src/records/decimal.ts';
import { recordKinds } from '../../../src/records/record.ts';
import { sqlName, tableName } from '../../../src/records/shape.ts';
import { bet, failure, read, transfer } from '../conformance/sample.ts';
import type { PostgresServer } from '../postgres-server.ts';
import { createPostgresStore, type PostgresStore } from './store.ts';

const views = [
  'v_bets',
  'v_transfers',
  'v_failures',
  'v_bet_totals',
  'v_coverage',
  'v_withdrawn_bets',
  'v_withdrawn_transfers',
  'v_withdrawn_failures',
];

export function describeMigrations(server: () => PostgresServer): void {
  describe('PostgreSQL: layout, views and the reader', () => {
    let store: PostgresStore;
    beforeAll(async () => {
      store = await createPostgresStore(server());
    });
    afterAll(() => store.drop());

    it('says what it would do, and does nothing', async () => {
      const lines: string[] = [];
      const stream = { write: (line: string) => lines.push(line) };
      const io = { stdout: stream, stderr: stream } as unknown as Parameters<typeof migrate>[0]['io'];
      expect(
        await migrate({
          config: { archive: { url: store.url, memoryMb: 512, keepVersions: null } },
          dryRun: true,
          io,
        }),
      ).toBe(0);
      expect(lines).toHaveLength(migrations.length);
      expect(lines[0]).toBe('0001-archive: would be applied\n');
      const tables = await server().run("SELECT to_regclass('bets') AS bets", store.url);
      expect(tables.rows).toEqual([{ bets: null }]);
      await expect(store.open({ readOnly: true })).rejects.toThrow(/run countroom migrate/);
    });

    it('is done once, however many processes start at once', async () => {
      const results = await Promise.all([1, 2, 3].map(() => migrateDatabase(store.url)));
      expect(results.map(({ pending }) => pending.length).sort()).toEqual([0, 0, migrations.length]);
      expect((await migrateDatabase(store.url)).pending).toEqual([]);
    });

    it('has a column for every field, so that a new field needs a migration', async () => {
      const found = await server().run(
        `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`,
        store.url,
      );
      for (const kind of recordKinds) {
        for (const table of [tableName[kind], `${tableName[kind]}_history`]) {
          const columns = found.rows.filter((row) => row.table_name === table).map((row) => row.column_name);
          expect(columns).toEqual(
            expect.arrayContaining(recordColumns[kind].map((column) => sqlName(column.name))),
          );
        }
      }
    });

    it('lets the reader see the views, commented, and nothing else', async () => {
      const archive = await store.open({ playerOf: (_, username) => `op-${username}` });
      const axisAt = Date.UTC(2026, 10, 1, 12, 34);
      const rows = [bet('b', axisAt, { stake: decimal('0.360000') })];
      await archive.commit(read('vp', { rows, interval: { from: axisAt - 1, to: axisAt + 1 } }));
      const other = {
        account: 'x',
        provider: 'hotroad',
        interval: null,
        readAt: 1,
        quarantined: [],
      } as const;
      await archive.commit({ ...other, kind: 'TRANSFER', rows: [transfer('t', 5)] });
      await archive.commit({ ...other, kind: 'SEQ_NO_FAILURE', rows: [failure('s', 5)] });
      await archive.close();

      const asReader = (sql: string) => server().run(`SET ROLE countroom_reader; ${sql}`, store.url);
      const read1 = async (view: string) => {
        const answers = (await asReader(`SELECT * FROM ${view}`)) as unknown as { rows: object[] }[];
        return answers[1]?.rows;
      };
      expect(await read1('v_bets')).toMatchObject([
        {
          account: 'vp',
          provider_bet_id: 'b',
          player: 'op-player1',
          stake: '0.360000',
          counted_at: new Date(axisAt),
        },
      ]);
      expect(await read1('v_bet_totals')).toMatchObject([
        {
          quarter_at: new Date(Date.UTC(2026, 10, 1, 12, 30)),
          bet_count: '1',
          refund: null,
          gross_gaming_revenue: '10.00',
        },
      ]);
      expect(await read1('v_transfers')).toMatchObject([{ transaction_code: 't', amount: '5' }]);
      expect(await read1('v_failures')).toMatchObject([{ seq_no: 's', status_code: '4037' }]);
      expect(await read1('v_coverage')).toMatchObject([{ account: 'vp', rows_seen: '1' }]);
      await expect(asReader('SELECT * FROM bets')).rejects.toThrow(/permission denied/);

      const comments = await server().run(
        `SELECT name FROM unnest('{${views.join(',')}}'::text[]) AS name
        WHERE obj_description(name::regclass, 'pg_class') IS NULL`,
        store.url,
      );
      expect(comments.rows).toEqual([]);
      const columns = await server().run(
        `SELECT name, attname FROM unnest('{${views.join(',')}}'::text[]) AS name
          JOIN pg_attribute ON attrelid = name::regclass AND attnum > 0
        WHERE col_description(attrelid, attnum) IS NULL`,
        store.url,
      );
      expect(columns.rows).toEqual([]);
      expect(await read1('v_bets')).toMatchObject([{ id: encodeId('Bet', 'vp', 'b') }]);
      expect(await read1('v_transfers')).toMatchObject([{ id: encodeId('Transfer', 'x', 't') }]);
      expect(await read1('v_failures')).toMatchObject([{ id: encodeId('SeqNoFailure', 'x', 's') }]);
      const role = await server().run(
        "SELECT rolconfig FROM pg_roles WHERE rolname = 'countroom_reader'",
        store.url,
      );
      expect(role.rows).toEqual([{ rolconfig: ['statement_timeout=60s'] }]);
    });

    it('shows withdrawn rows apart, gaps between what was read, and finds bets by when they were settled', async () => {
      const apart = await createPostgresStore(server());
      const archive = await apart.open();
      const at = (minute: number) => Date.UTC(2026, 10, 1, 12, minute);
      for (const [from, to] of [
        [0, 10],
        [10, 20],
        [30, 40],
      ] as const)
        await archive.commit(
          read('vp', {
            rows: from === 0 ? [bet('kept', at(1)), bet('gone', at(2))] : [],
            interval: { from: at(from), to: at(to) },
          }),
        );
      await archive.close();
      await server().run("UPDATE bets SET withdrawn_at = now() WHERE key = 'gone'", apart.url);
      const rowsOf = async (sql: string) => (await server().run(sql, apart.url)).rows;
      expect(await rowsOf('SELECT provider_bet_id AS key FROM v_bets')).toEqual([{ key: 'kept' }]);
      expect(
        await rowsOf(
          'SELECT provider_bet_id AS key, id, withdrawn_at IS NOT NULL AS marked FROM v_withdrawn_bets',
        ),
      ).toEqual([{ key: 'gone', id: encodeId('Bet', 'vp', 'gone'), marked: true }]);
      expect(
        await rowsOf("SELECT from_at, to_at, read_at, rows_seen FROM v_coverage WHERE state = 'GAP'"),
      ).toEqual([{ from_at: new Date(at(20)), to_at: new Date(at(30)), read_at: null, rows_seen: null }]);
      expect(await rowsOf("SELECT count(*) FROM v_coverage WHERE state = 'HELD'")).toEqual([{ count: '3' }]);
      const plan = await server().run(
        "SET enable_seqscan = off; EXPLAIN SELECT * FROM v_bets WHERE settled_at >= '2026-11-01'",
        apart.url,
      );
      expect(JSON.stringify(plan)).toContain('bets_settled');
      await apart.drop();
    });

    it('goes without the reader where the user may not make roles, and says so', async () => {
      const { pathname, port } = new URL(store.url);
      const fresh = await createPostgresStore(server());
      const name = new URL(fresh.url).pathname.slice(1);
      await server().run('DROP OWNED BY countroom_reader; ', store.url);
      await server().run(`DROP ROLE countroom_reader`);
      await server()
        .run(`CREATE ROLE plain LOGIN; ALTER DATABASE ${name} OWNER TO plain`)
        .catch(() => undefined);
      await server().run(`ALTER DATABASE ${name} OWNER TO plain`);
      const { notes } = await migrateDatabase(`postgres://plain@127.0.0.1:${port}/${name}`);
      expect(notes).toEqual([expect.stringMatching(/CREATE ROLE countroom_reader/)]);
      expect(pathname).not.toBe('');
      await fresh.drop();
    });

    it('refuses a database that a newer release wrote', async () => {
      await server().run("INSERT INTO schema_migrations VALUES (999, 'later', 'x', now())", store.url);
      await expect(store.open()).rejects.toThrow(/at most \d+, got 999: a newer release wrote it/);
    });
  });
}
