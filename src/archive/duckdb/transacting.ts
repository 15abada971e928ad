import type { DuckDBConnection } from '@duckdb/node-api';
import { tableName } from '../../records/shape.ts';
import type { FeedKey } from '../archive.ts';
import { historyName } from '../sql/admin.ts';
import { createBinder } from '../sql/dialect.ts';
import type { Transacting } from '../sql/transacting.ts';
import { duckDbDialect } from './dialect.ts';
import { readCells, toDuckDb } from './values.ts';

/** Statements in the transaction that is open on a connection. */
export function statementsOn(connection: DuckDBConnection): Pick<Transacting, 'dialect' | 'read' | 'run'> {
  return {
    dialect: duckDbDialect,
    read: (statement) => readCells(connection, statement),
    async run({ text, values }) {
      await connection.run(text, values.map(toDuckDb));
    },
  };
}

/** The transaction that is open on a connection, for one feed. No sums are kept beside the rows here. */
export function transactingOn(connection: DuckDBConnection, { account, kind }: FeedKey): Transacting {
  const statements = statementsOn(connection);
  return {
    ...statements,
    keepVersions(keys, until) {
      const binder = createBinder(duckDbDialect);
      const text = `INSERT INTO ${historyName(kind)} BY NAME
        SELECT t.*, t.read_at AS seen_from, greatest(t.read_at, ${binder.bind('time', until)}) AS seen_until
        FROM ${tableName[kind]} AS t WHERE account = ${binder.bind('text', account)}
          AND key IN (SELECT unnest(${binder.bind('texts', keys)}))`;
      return statements.run({ text, values: binder.values });
    },
    recount: async () => {},
  };
}
