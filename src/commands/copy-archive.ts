import type { CopyStep } from '../archive/copy.ts';
import { UsageError } from '../errors.ts';
import { copyingOf, placeOf } from './archives.ts';
import { columnsOf, type Io } from './io.ts';
import { printTable } from './table.ts';

export interface CopyAsk {
  /** As `archive.url` has them; a relative file is taken from where the command was started. */
  readonly from: string;
  readonly to: string;
  readonly json: boolean;
  readonly io: Io;
}

// Off a terminal a line a step would fill logs.
const ROWS_A_LINE = 100_000;

/**
 * Copies one archive into another, an empty one: rows, their history, ledger, quarantine and names. All of it or
 * nothing: interrupted, the target is as empty as before, and the same command begins anew. The source stays as it is.
 */
export async function copyArchive({ from, to, json, io }: CopyAsk): Promise<number> {
  const places = { from: placeOf('FROM', from, io.cwd), to: placeOf('TO', to, io.cwd) };
  if (places.from === places.to) throw new UsageError('TO: expected another archive than FROM, got the same');
  const [{ copyArchive }, reading, writing] = await Promise.all([
    import('../archive/copy.ts'),
    copyingOf(places.from),
    copyingOf(places.to),
  ]);
  const source = await reading.openSource();
  try {
    const target = await writing.openTarget();
    try {
      const onStep = createSteps(io.stderr);
      const copied = await copyArchive(source, target, { signal: io.signal, onStep });
      const rows = copied.map(({ table, rows, checksum }) => [table, String(rows), checksum]);
      io.stdout.write(
        json
          ? `${JSON.stringify(copied, null, 2)}\n`
          : printTable(['table', 'rows', 'checksum'], rows, columnsOf(io)),
      );
      return 0;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
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
