import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { ArchiveError } from '../../errors.ts';
import { recordKinds } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { Copying } from '../copy.ts';
import type { Cell, Cells } from '../sql/records.ts';
import {
  type ArchiveTable,
  archiveTables,
  countTablesSql,
  dumpStatement,
  emptyStatements,
  holdsAnything,
} from '../sql/tables.ts';
import { type Client, createDatabase, toCells } from './database.ts';
import { postgresDialect } from './dialect.ts';
import { explainFault, placeOf } from './faults.ts';
import { migrateDatabase, refuseOutdated } from './migrate.ts';
import { changeTiersSql, differingSpansSql, tiers } from './roll-ups.ts';
import { cellOf } from './staging.ts';

const ROWS_A_BATCH = 2_000;

/** Copying out of and into a PostgreSQL database; gateways at the source may go on. */
export function copyingPostgres(url: string): Copying {
  async function open(readOnly: boolean, begin: string) {
    const database = createDatabase({
      url,
      name: 'countroom copy',
      connections: 1,
      statementMs: 0,
      idleMs: 0,
      patienceMs: 0,
      readOnly,
    });
    const { client, release } = await database.lend();
    // A connection that is closed takes its transaction back.
    const close = async () => {
      release(true);
      await database.close();
    };
    const explained = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        throw explainFault(placeOf(url), error);
      }
    };
    try {
      await explained(() => client.query(begin));
    } catch (error) {
      await close();
      throw error;
    }
    return { client, explained, close };
  }

  return {
    async openSource() {
      await refuseOutdated(url);
      const { client, explained, close } = await open(true, 'BEGIN ISOLATION LEVEL REPEATABLE READ');
      const counts = await explained(() => countsOf(client));
      return {
        counts,
        batches: (table) => batchesOf(client, table),
        rollUpDifferences: () => explained(() => differencesOf(client)),
        close,
      };
    },
    async openTarget() {
      await migrateDatabase(url);
      const { client, explained, close } = await open(false, 'BEGIN');
      try {
        // Gateways that are there already wait, rather than write beside the copy.
        const names = archiveTables.map(({ name }) => name).join(', ');
        await explained(() => client.query(`LOCK TABLE ${names} IN EXCLUSIVE MODE`));
        if (holdsAnything(await explained(() => countsOf(client)))) {
          throw new ArchiveError(
            `archive ${placeOf(url)}: expected an empty archive to copy into, got one that holds rows`,
          );
        }
        for (const statement of emptyStatements) await explained(() => client.query(statement));
      } catch (error) {
        await close();
        throw error;
      }
      return {
        add: (table, cells) => explained(() => append(client, table, cells)),
        batches: (table) => batchesOf(client, table),
        finish: () => explained(() => finish(client)),
        close,
      };
    },
  };
}

async function* batchesOf(client: Client, table: ArchiveTable): AsyncGenerator<Cells> {
  const { text } = dumpStatement(postgresDialect, table);
  await client.query(`DECLARE dump NO SCROLL CURSOR FOR ${text}`);
  for (let rows = ROWS_A_BATCH; rows === ROWS_A_BATCH; ) {
    const batch = await client.query<Cell[]>({ text: `FETCH ${ROWS_A_BATCH} FROM dump`, rowMode: 'array' });
    rows = batch.rows.length;
    if (rows > 0) yield toCells(batch.rows, batch.fields.length);
  }
  await client.query('CLOSE dump');
}

async function differencesOf(client: Client): Promise<string[]> {
  const found: string[] = [];
  for (const tier of tiers) {
    const { rows } = await client.query<{ account: string; at: number }>(differingSpansSql(tier));
    found.push(
      ...rows.map(
        ({ account, at }) =>
          `${account} ${tier.table} from ${new Date(at).toISOString()} on: its sums are not those of its bets`,
      ),
    );
  }
  return found;
}

async function append(client: Client, { name, columns }: ArchiveTable, cells: Cells): Promise<void> {
  const lines = Array.from({ length: cells[0]?.length ?? 0 }, (_, row) =>
    columns.map(({ type }, index) => {
      const cell = cells[index]?.[row] ?? null;
      // A list lies in its column as the text it comes as.
      return type === 'digest' || type === 'texts' ? cellOf('text', cell) : cellOf(type, cell);
    }),
  );
  const names = columns.map((column) => column.name).join(', ');
  await pipeline(
    Readable.from([lines.map((line) => `${line.join('\t')}\n`).join('')]),
    client.query(copyFrom(`COPY ${name} (${names}) FROM STDIN`)),
  );
}

async function finish(client: Client): Promise<void> {
  await client.query(`WITH ${changeTiersSql(tableName.BET, 1)}`);
  const newest = recordKinds.map((kind) => `SELECT max(archived_at) AS at FROM ${tableName[kind]}`);
  await client.query(
    `UPDATE archive_clock SET last_at = greatest(last_at,
      (SELECT ceil(extract(epoch FROM max(at)) * 1000)::bigint FROM (${newest.join(' UNION ALL ')}) AS newest))`,
  );
  await client.query('COMMIT');
  await client.query('ANALYZE');
}

async function countsOf(client: Client): Promise<number[]> {
  const { rows } = await client.query<number[]>({ text: countTablesSql, rowMode: 'array' });
  return rows[0] ?? [];
}
