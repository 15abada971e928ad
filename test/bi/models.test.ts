import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createPostgresArchive } from '../../src/archive/postgres/index.ts';
import { type PostgresServer, startPostgres } from '../archive/postgres-server.ts';
import { createBet, createCommit, createTransfer, NOON } from '../graph/harness.ts';

const read = (name: string): unknown =>
  parse(readFileSync(new URL(`../../docs/bi/models/${name}`, import.meta.url), 'utf8'));

interface Sources {
  readonly sources: readonly [
    {
      readonly tables: readonly {
        readonly name: string;
        readonly description: string;
        readonly columns: readonly { readonly name: string; readonly description: string }[];
      }[];
    },
  ];
}
interface Member {
  readonly name: string;
  readonly sql?: string;
  readonly type: string;
}
interface Model {
  readonly cubes: readonly {
    readonly name: string;
    readonly sql_table?: string;
    readonly sql?: string;
    readonly dimensions: readonly Member[];
    readonly measures: readonly Member[];
  }[];
}

interface View {
  readonly about: string;
  readonly columns: { readonly name: string; readonly description: string }[];
}

let server: PostgresServer;
let url: string;
beforeAll(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
  const archive = await createPostgresArchive({ url, playerOf: (_account, username) => username });
  await archive.commit(
    createCommit('vp-main', 'BET', [
      createBet('b1', NOON, { gameType: 'LIVE' }),
      createBet('b2', NOON, { gameType: null }),
      createBet('b3', NOON, { currency: 'USD' }),
    ]),
  );
  await archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)]));
  await archive.close();
});
afterAll(() => server.stop());

describe('dbt’s sources', () => {
  it('are the views with their columns, and what the database says of each', async () => {
    const { rows } = await server.run(
      `SELECT c.relname AS view, a.attname AS name, col_description(c.oid, a.attnum) AS description,
         obj_description(c.oid) AS about
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE c.relkind = 'v' AND c.relname LIKE 'v\\_%' ORDER BY c.relname, a.attnum`,
      url,
    );
    const views = new Map<string, View>();
    for (const { view, name, description, about } of rows) {
      const found: View = views.get(view) ?? { about, columns: [] };
      views.set(view, found);
      found.columns.push({ name, description });
    }
    const expected = [...views].map(([name, { about, columns }]) => ({ name, description: about, columns }));
    const { tables } = (read('dbt-sources.yml') as Sources).sources[0];
    const told = tables.map(({ name, description, columns }) => ({
      ...{ name, description },
      columns: columns.map((column) => ({ name: column.name, description: column.description })),
    }));
    expect(told).toEqual(expected);
  });
});

const aggregate: Readonly<Record<string, (sql: string) => string>> = {
  count: () => 'count(*)',
  sum: (sql) => `sum(${sql})`,
  count_distinct: (sql) => `count(DISTINCT ${sql})`,
};

describe('Cube’s model', () => {
  it.each((read('cube.yml') as Model).cubes)('has $name of columns that are there', async (cube) => {
    const from = cube.sql_table ?? `(${cube.sql}) AS made`;
    const dimensions = cube.dimensions.map(({ name, sql }) => `${sql} AS "${name}"`);
    const measures = cube.measures.map(
      ({ name, sql = '*', type }) => `${aggregate[type]!(sql)} AS "m_${name}"`,
    );
    const places = dimensions.map((_, at) => at + 1).join(', ');
    const statement = `SELECT ${[...dimensions, ...measures].join(', ')} FROM ${from} GROUP BY ${places}`;
    const { rows } = await server.run(statement, url);
    if (cube.name !== 'coverage') expect(rows.length).toBeGreaterThan(0);
    const keys = await server.run(
      `SELECT count(*)::int AS all, count(DISTINCT ${cube.dimensions[0]!.sql})::int AS keys FROM ${from}`,
      url,
    );
    expect(keys.rows[0].keys).toBe(keys.rows[0].all);
  });
});
