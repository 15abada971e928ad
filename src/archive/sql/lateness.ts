import type { LatenessHistogram } from '../../records/lateness.ts';
import type { Commit, FeedKey } from '../archive.ts';
import { createBinder, type Dialect, type Statement } from './dialect.ts';
import { type Cells, rowsOf } from './records.ts';
import type { Transacting } from './transacting.ts';

const DAY_MS = 86_400_000;

/** Adds what a read told of lateness to the day it was made on. */
export async function addLateness(
  on: Pick<Transacting, 'dialect' | 'run'>,
  { account, kind, readAt, providerAt }: Commit,
  lateness: LatenessHistogram = [],
): Promise<void> {
  if (lateness.length === 0) return;
  const binder = createBinder(on.dialect);
  const day = Math.floor((providerAt ?? readAt) / DAY_MS) * DAY_MS;
  const feed = `${binder.bind('text', account)}, ${binder.bind('text', kind)}, ${binder.bind('int', day)}`;
  const rows = lateness.map(
    (late) => `(${feed}, ${binder.bind('int', late.withinMs)}, ${binder.bind('int', late.rows)})`,
  );
  await on.run({
    text: `INSERT INTO lateness AS l (account, kind, day_at, within_ms, rows) VALUES ${rows.join(', ')}
      ON CONFLICT (account, kind, day_at, within_ms) DO UPDATE SET rows = l.rows + excluded.rows`,
    values: binder.values,
  });
}

export function latenessStatement(dialect: Dialect, { account, kind }: FeedKey, since: number): Statement {
  const binder = createBinder(dialect);
  const day = Math.floor(since / DAY_MS) * DAY_MS;
  const text = `
    SELECT ${dialect.cell('within_ms', 'int')}, CAST(sum(rows) AS DOUBLE PRECISION) FROM lateness
    WHERE account = ${binder.bind('text', account)} AND kind = ${binder.bind('text', kind)}
      AND day_at >= ${binder.bind('int', day)}
    GROUP BY within_ms ORDER BY within_ms`;
  return { text, values: binder.values };
}

export function toLateness(cells: Cells): LatenessHistogram {
  return rowsOf(cells).map(([withinMs, rows]) => ({ withinMs: Number(withinMs), rows: Number(rows) }));
}
