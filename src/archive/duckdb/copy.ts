import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import { type Decimal, scaleOf } from '../../records/decimal.ts';
import type { Copying, CopySource, CopyTarget } from '../copy.ts';
import type { Cell, Cells } from '../sql/records.ts';
import {
  type ArchiveTable,
  countTablesSql,
  dumpStatement,
  emptyStatements,
  holdsAnything,
  type TableColumn,
} from '../sql/tables.ts';
import { scaleName, toValue } from './append.ts';
import { createNamedAppender } from './appender.ts';
import { duckDbDialect } from './dialect.ts';
import { explainFault } from './faults.ts';
import { refuseOutdated } from './layout.ts';
import { createMagnitude } from './magnitude.ts';
import { openMigrated, withoutExtensions } from './migrate.ts';
import { readableBatches, readableCounts } from './readable.ts';
import { cellsOf } from './values.ts';

/** Copying out of and into a DuckDB file that nobody else has open. */
export function copyingDuckDb(path: string): Copying {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ArchiveError) throw explainFault(path, error.message);
      throw explainFault(path, error instanceof Error ? error.message : String(error));
    }
  };

  async function* explainedBatches(batches: AsyncIterable<Cells>): AsyncGenerator<Cells> {
    try {
      yield* batches;
    } catch (error) {
      throw explainFault(path, error instanceof Error ? error.message : String(error));
    }
  }

  const closing = (connection: DuckDBConnection, instance: DuckDBInstance) => async () => {
    connection.closeSync();
    instance.closeSync();
  };

  function openReading<S extends CopySource>(
    count: (connection: DuckDBConnection) => Promise<number[]>,
    make: (opened: Opened) => S,
  ): Promise<S> {
    return explained(async () => {
      const instance = await DuckDBInstance.create(resolve(path), {
        ...withoutExtensions,
        access_mode: 'READ_ONLY',
      });
      const connection = await instance.connect();
      const close = closing(connection, instance);
      try {
        await refuseOutdated(connection);
        return make({ connection, counts: await count(connection), close });
      } catch (error) {
        await close();
        throw error;
      }
    });
  }

  return {
    openSource: () =>
      openReading(countsOf, ({ connection, counts, close }) => ({
        counts,
        batches: (table) => explainedBatches(batchesOf(connection, table)),
        close,
      })),
    openReadable: () =>
      openReading(readableCounts, ({ connection, counts, close }) => ({
        counts,
        close,
        ...readableBatches(connection),
      })),
    openTarget: () =>
      explained(async () => {
        await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
        const { connection, instance } = await openMigrated(resolve(path), withoutExtensions);
        const close = closing(connection, instance);
        try {
          if (holdsAnything(await countsOf(connection)))
            throw new ArchiveError('expected an empty archive to copy into, got one that holds rows');
          return await beginTarget(connection, close, explained);
        } catch (error) {
          await close();
          throw error;
        }
      }),
  };
}

interface Opened extends Pick<CopySource, 'counts' | 'close'> {
  readonly connection: DuckDBConnection;
}

async function beginTarget(
  connection: DuckDBConnection,
  close: () => Promise<void>,
  explained: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<CopyTarget> {
  const magnitude = await createMagnitude(connection);
  await connection.run('BEGIN');
  for (const statement of emptyStatements) await connection.run(statement);
  return {
    add: (table, cells) =>
      explained(async () => {
        await append(connection, table, cells);
        const amounts = cells.filter((_, index) => table.columns[index]?.type === 'decimal');
        (await magnitude.widen(connection, amounts.flat())).keep();
      }),
    batches: (table) => batchesOf(connection, table),
    finish: () =>
      explained(async () => {
        await connection.run('COMMIT');
        await connection.run('CHECKPOINT');
      }),
    // What was not committed goes with its connection.
    close,
  };
}

async function* batchesOf(connection: DuckDBConnection, table: ArchiveTable): AsyncGenerator<Cells> {
  const result = await connection.stream(dumpStatement(duckDbDialect, table).text);
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; ) {
    yield cellsOf(chunk);
    chunk = await result.fetchChunk();
  }
}

async function append(connection: DuckDBConnection, table: ArchiveTable, cells: Cells): Promise<void> {
  const columns = table.columns.flatMap((column, index) => {
    const values = cells[index] ?? [];
    const own = { name: column.name, values: values.map((cell) => heldValue(column, cell)) };
    if (column.type !== 'decimal') return [own];
    const scales = values.map((cell) => (cell === null ? null : scaleOf(cell as Decimal)));
    return [own, { name: scaleName(column.name), values: scales }];
  });
  const names = columns.map(({ name }) => name);
  const appender = await createNamedAppender(connection, table.name, names);
  appender.append(columns.map(({ values }) => values));
  appender.close();
}

function heldValue({ type }: TableColumn, cell: Cell) {
  if (type === 'digest') return BigInt(String(cell));
  // A list lies in its column as the text it comes as.
  return toValue(type === 'texts' ? 'text' : type, cell);
}

async function countsOf(connection: DuckDBConnection): Promise<number[]> {
  const result = await connection.runAndReadAll(countTablesSql);
  return (result.getRows()[0] ?? []).map(Number);
}
