import type { Copying, CopySource, CopyStep } from '../archive/copy.ts';
import type { Lost } from '../archive/salvage.ts';
import { UsageError } from '../errors.ts';
import { copyingOf, placeOf } from './archives.ts';
import { columnsOf, type Io } from './io.ts';
import { printTable } from './table.ts';

export interface CopyAsk {
  /** As `archive.url` has them; a relative file is taken from where the command was started. */
  readonly from: string;
  readonly to: string;
  /** Copies what can be read of a damaged DuckDB file, and says what could not. */
  readonly readable: boolean;
  readonly json: boolean;
  readonly io: Io;
}

// Off a terminal a line a step would fill logs.
const ROWS_A_LINE = 100_000;

/**
 * Copies one archive into another, an empty one: rows, their history, ledger, quarantine and names. All of it or
 * nothing: interrupted, the target is as empty as before, and the same command begins anew. The source stays as it is.
 */
export async function copyArchive({ from, to, readable, json, io }: CopyAsk): Promise<number> {
  const places = { from: placeOf('FROM', from, io.cwd), to: placeOf('TO', to, io.cwd) };
  if (places.from === places.to) throw new UsageError('TO: expected another archive than FROM, got the same');
  const [{ copyArchive }, reading, writing] = await Promise.all([
    import('../archive/copy.ts'),
    copyingOf(places.from),
    copyingOf(places.to),
  ]);
  const source = readable
    ? await openReadable(reading)
    : { ...(await reading.openSource()), lost: () => null };
  try {
    const target = await writing.openTarget();
    try {
      const onStep = createSteps(io.stderr);
      const copied = await copyArchive(source, target, { signal: io.signal, onStep, isPartial: readable });
      const lost = source.lost();
      const rows = copied.map(({ table, rows, checksum }) => [table, String(rows), checksum]);
      io.stdout.write(
        json
          ? `${JSON.stringify(lost === null ? copied : { copied, lost }, null, 2)}\n`
          : printTable(['table', 'rows', 'checksum'], rows, columnsOf(io)),
      );
      if (lost !== null && !json) for (const line of linesOf(lost)) io.stdout.write(`${line}\n`);
      return 0;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function openReadable(reading: Copying): Promise<CopySource & { lost(): Lost }> {
  if (reading.openReadable === undefined)
    throw new UsageError('--readable: expected FROM to be duckdb:FILE; PostgreSQL has means of its own');
  const { salvaged } = await import('../archive/salvage.ts');
  return salvaged(await reading.openReadable());
}

/** What a copy lacks, a sentence each. */
function* linesOf({ unread, reads }: Lost): Iterable<string> {
  const iso = (at: number) => new Date(at).toISOString();
  for (const { table, rows, of } of unread) {
    const whose = of.map(({ account, from, to }) => `${account} ${iso(from)} to ${iso(to)}`).join(', ');
    yield `not readable: ${rows ?? 'all'} rows of ${table}${whose === '' ? ', whose cannot be read either' : ` (${whose})`}`;
  }
  for (const { account, kind, from, to } of reads)
    yield `to be read again: ${account} ${kind} ${iso(from)} to ${iso(to)}`;
  yield unread.length === 0
    ? 'all of it could be read'
    : 'what is to be read again is asked for by whoever opens the copy, as far back as its provider goes';
}

/** How far each table has come: one line that is written over on a terminal, else a line of JSON now and then. */
function createSteps(to: Io['stderr']): (step: CopyStep) => void {
  const told = new Map<string, number>();
  return (step) => {
    const { table, rows, of } = step;
    const done = rows >= of;
    if (!done && rows - (told.get(table) ?? 0) < ROWS_A_LINE / (to.isTTY === true ? 20 : 1)) return;
    told.set(table, rows);
    if (to.isTTY !== true) to.write(`${JSON.stringify(step)}\n`);
    else to.write(`\r\u001b[K${table}: ${rows} of ${of} rows${done ? '\n' : ''}`);
  };
}
