import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Config } from '../config/config.ts';
import { suggest } from '../config/fault.ts';
import { UnavailableError, UsageError } from '../errors.ts';
import type { Interval } from '../records/interval.ts';
import { exportFormats, exportNames } from '../server/export/names.ts';
import { rangeInput } from './feed-coverage.ts';
import { openGateway } from './gateway.ts';
import type { Io } from './io.ts';

export interface ExportAsk {
  readonly config: Config;
  readonly what: string;
  readonly format: string;
  readonly range: Interval;
  readonly account: string | undefined;
  /** The file to write; standard output where absent. */
  readonly output: string | undefined;
  readonly io: Io;
}

/** Streams the archive's rows as they are to a file, which appears once it is whole, or to standard output. */
export async function exportRows(ask: ExportAsk): Promise<number> {
  const { config, what, format, range, account, output, io } = ask;
  demand('export', what, Object.keys(exportNames));
  demand('--format', format, exportFormats);
  const gateway = await openGateway(config, io);
  try {
    const parameters = new URLSearchParams({ ...rangeInput(range), ...(account && { accounts: account }) });
    const response = await gateway.get(`/export/${what}.${format}?${parameters}`);
    if (response.body === null) throw new UnavailableError(`${gateway.url}: expected rows, got no body`);
    const rows = Readable.fromWeb(response.body as ReadableStream);
    if (output === undefined) await pipeline(rows, io.stdout, { signal: io.signal, end: false });
    else await writeWhole(rows, resolve(io.cwd, output), io.signal);
    if (response.headers.get('countroom-complete') !== 'true') {
      const gaps = response.headers.get('countroom-gaps') ?? 'some';
      io.stderr.write(
        `the range is not complete: ${gaps} gaps; see countroom coverage, and countroom backfill\n`,
      );
    }
    return 0;
  } finally {
    await gateway.close();
  }
}

/** Writes the file once all rows came, its folder with it; rejects with an UnavailableError where it cannot be written. */
async function writeWhole(rows: Readable, path: string, signal: AbortSignal): Promise<void> {
  const part = `${path}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(rows, createWriteStream(part), { signal });
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    if (!isOfFiles(error)) throw error;
    throw new UnavailableError(`--output: expected a file that can be written, got ${error.message}`, {
      cause: error,
    });
  }
}

/** Whether the system refused to work on a file. */
function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

function demand(name: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  throw new UsageError(
    `${name}: expected one of ${known.join(', ')}, got "${given}"${suggest(given, known)}`,
  );
}
