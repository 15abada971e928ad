import { tableName } from '../../records/shape.ts';
import type { FeedKey } from '../archive.ts';
import { historyName } from '../sql/admin.ts';
import { createBinder } from '../sql/dialect.ts';
import type { Transacting } from '../sql/transacting.ts';
import { type Client, readCells } from './database.ts';
import { postgresDialect } from './dialect.ts';
import { changeTiersSql } from './roll-ups.ts';
import { stagedColumns } from './staging.ts';

/** Statements in the transaction that is open on a client. */
export function statementsOn(client: Client): Pick<Transacting, 'dialect' | 'read' | 'run'> {
  return {
    dialect: postgresDialect,
    read: (statement) => readCells(client, statement),
    async run({ text, values }) {
      await client.query(text, [...values]);
    },
  };
}

/** The transaction that is open on a client, for one feed. */
export function transactingOn(client: Client, { account, kind }: FeedKey): Transacting {
  return {
    ...statementsOn(client),
    async keepVersions(keys, until) {
      const columns = `account, provider, archived_at, read_at, cause, ${stagedColumns(kind)}`;
      const binder = createBinder(postgresDialect);
      const text = `INSERT INTO ${historyName(kind)} (${columns}, seen_from, seen_until)
        SELECT ${columns}, read_at, greatest(read_at, ${binder.bind('time', until)}) FROM ${tableName[kind]}
        WHERE account = ${binder.bind('text', account)} AND key = ANY(${binder.bind('texts', keys)})`;
      await client.query(text, [...binder.values]);
    },
    async recount(keys, sign) {
      if (kind !== 'BET') return;
      const moved = `moved AS (SELECT * FROM ${tableName.BET} WHERE account = $1 AND key = ANY($2::text[]))`;
      await client.query(`WITH ${moved}, ${changeTiersSql('moved', sign)}`, [account, keys]);
    },
  };
}
