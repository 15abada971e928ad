import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../../records/decimal.ts';
import type { CsvOptions } from './csv.ts';
import type { FlatColumn } from './flat-columns.ts';

/** A file of Parquet, deleted once its bytes were taken or given up. */
export interface ParquetFile {
  readonly size: number;
  readonly bytes: AsyncIterable<Buffer>;
  discard(): Promise<void>;
}

// One scale for every file, so that many files read as one table.
const SQL_TYPES: Readonly<Record<FlatColumn['type'], string>> = {
  text: 'VARCHAR',
  decimal: `DECIMAL(${MAX_INTEGER_DIGITS + MAX_SCALE}, ${MAX_SCALE})`,
  time: 'TIMESTAMPTZ',
  int: 'INTEGER',
  bool: 'BOOLEAN',
};

// An empty line would be a row lost, where a null is the only cell.
const NULL_TEXT = '\\N';

/** How `writeParquet` wants its CSV written. */
export const parquetCsv: CsvOptions = { guard: false, nullText: NULL_TEXT };

/**
 * Turns CSV into one Parquet file, zstd inside: decimals are DECIMAL(38, 18), times are adjusted to UTC.
 * Rows pass through the disk, so that memory does not grow with them; whatever fails leaves no file behind.
 */
export async function writeParquet(
  csv: AsyncIterable<Buffer>,
  columns: readonly FlatColumn[],
  options: { readonly directory?: string; readonly signal?: AbortSignal } = {},
): Promise<ParquetFile> {
  const directory = await mkdtemp(join(options.directory ?? tmpdir(), 'countroom-export-'));
  const discard = () => rm(directory, { recursive: true, force: true });
  try {
    const source = join(directory, 'rows.csv');
    const target = join(directory, 'rows.parquet');
    await pipeline(Readable.from(csv), createWriteStream(source), { signal: options.signal });
    await convert(source, target, columns, options.signal);
    await rm(source);
    const { size } = await stat(target);
    return { size, bytes: takeOnce(target, discard), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function convert(
  source: string,
  target: string,
  columns: readonly FlatColumn[],
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

async function* takeOnce(
  path: string,
  discard: () => Promise<void>,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } finally {
    await discard();
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
