import type { DuckDBConnection } from '@duckdb/node-api';
import { tableName } from '../../records/shape.ts';
import type { FeedKey } from '../archive.ts';
import { historyName } from '../sql/admin.ts';
import { createBinder } from '../sql/dialect.ts';
import type { Transacting } from '../sql/transacting.ts';
import { duckDbDialect } from './dialect.ts';
import { readCells, toDuckDb } from './values.ts';

/** The transaction that is open on a connection, for one feed. No sums are kept beside the rows here. */
export function transactingOn(connection: DuckDBConnection, { account, kind }: FeedKey): Transacting {
  const run: Transacting['run'] = async ({ text, values }) => {
    await connection.run(text, values.map(toDuckDb));
  };
  return {
    dialect: duckDbDialect,
    read: (statement) => readCells(connection, statement),
    run,
    keepVersions(keys, until) {
      const binder = createBinder(duckDbDialect);
      const text = `INSERT INTO ${historyName(kind)} BY NAME
        SELECT t.*, t.read_at AS seen_from, greatest(t.read_at, ${binder.bind('time', until)}) AS seen_until
        FROM ${tableName[kind]} AS t WHERE account = ${binder.bind('text', account)}
          AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
      return run({ text, values: binder.values });
    },
    recount: async () => {},
  };
}
