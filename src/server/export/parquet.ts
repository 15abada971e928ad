import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../records/decimal.ts';
import type { CsvOptions } from './csv.ts';
import type { WrittenColumn } from './flat-row.ts';

// One scale for every file, so that many files read as one table.
const SQL_TYPES: Readonly<Record<WrittenColumn['type'], string>> = {
  text: 'VARCHAR',
  decimal: `DECIMAL(${MAX_INTEGER_DIGITS + MAX_SCALE}, ${MAX_SCALE})`,
  time: 'TIMESTAMPTZ',
  int: 'INTEGER',
  bool: 'BOOLEAN',
  date: 'DATE',
  count: 'BIGINT',
};

// An empty line would be a row lost, where a null is the only cell.
const NULL_TEXT = '\\N';

/** How `csvToParquet` wants its CSV written. */
export const parquetCsv: CsvOptions = { guard: false, nullText: NULL_TEXT };

/**
 * Turns CSV (as `parquetCsv` has it) into a Parquet file at `path`, for an archive that writes none itself: decimals are
 * DECIMAL(38, 18), times in UTC, zstd inside. Rows pass through the disk, so that memory does not grow with them.
 */
export async function csvToParquet(
  csv: AsyncIterable<Uint8Array>,
  columns: readonly WrittenColumn[],
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const source = `${path}.csv`;
  await pipeline(Readable.from(csv), createWriteStream(source), { signal });
  await convert(source, path, columns, signal);
  await rm(source);
}

async function convert(
  source: string,
  target: string,
  columns: readonly WrittenColumn[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(SQL_TYPES[type])}`);
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '512MB' });
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    await connection.run(
      `COPY (FROM read_csv(${literal(source)}, auto_detect = false, header = true, delim = ',', quote = '"',
         escape = '"', new_line = '\\r\\n', nullstr = ${literal(NULL_TEXT)}, allow_quoted_nulls = false, columns = {${types.join(', ')}}))
       TO ${literal(target)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
