import { BadUserInputError } from '../../errors.ts';
import type { ChangesQuery } from '../../records/change.ts';
import { recordKinds } from '../../records/record.ts';
import type { Forgetting } from '../admin.ts';
import { historyName } from './admin.ts';
import { createBinder, type Statement } from './dialect.ts';
import type { Cells } from './records.ts';
import type { Transacting } from './transacting.ts';

// A transaction that no commit waits for long.
const VERSIONS_A_BATCH = 5_000;
// The read that replaced a version left before that was archived: by no more than this.
const MARGIN_MS = 3_600_000;

/**
 * Deletes a batch of what may be forgotten inside the transaction that is open, and notes from when on the log of changes
 * is whole; returns how many versions went. `rowId` is the engine's own name of a row.
 */
export async function forgetBatch(
  on: Pick<Transacting, 'dialect' | 'read' | 'run'>,
  rowId: string,
  { versionsBefore, latenessBefore }: Forgetting,
): Promise<number> {
  const lateness = createBinder(on.dialect);
  const text = `DELETE FROM lateness WHERE day_at < ${lateness.bind('int', latenessBefore)}`;
  await on.run({ text, values: lateness.values });
  if (versionsBefore === null) return 0;
  let forgotten = 0;
  for (const kind of recordKinds) {
    const binder = createBinder(on.dialect);
    const before = binder.bind('time', versionsBefore - MARGIN_MS);
    const some = `SELECT ${rowId} FROM ${historyName(kind)} WHERE seen_until < ${before} AND archived_at < ${before}
      LIMIT ${VERSIONS_A_BATCH - forgotten}`;
    const [gone = []] = await on.read({
      text: `DELETE FROM ${historyName(kind)} WHERE ${rowId} IN (${some}) RETURNING 1`,
      values: binder.values,
    });
    forgotten += gone.length;
    if (forgotten === VERSIONS_A_BATCH) break;
  }
  if (forgotten > 0) {
    const binder = createBinder(on.dialect);
    const start = binder.bind('int', versionsBefore);
    await on.run({ text: `INSERT INTO log_start (whole_from) VALUES (${start})`, values: binder.values });
    await on.run({
      text: 'DELETE FROM log_start WHERE whole_from < (SELECT max(whole_from) FROM log_start)',
      values: [],
    });
  }
  return forgotten;
}

/** From when on the log of changes is whole; null where all of it is. */
export async function readLogStart(read: (statement: Statement) => Promise<Cells>): Promise<number | null> {
  const text = 'SELECT CAST(max(whole_from) AS DOUBLE PRECISION) FROM log_start';
  const [[start = null] = []] = await read({ text, values: [] });
  return start === null ? null : Number(start);
}

/**
 * Throws a BadUserInputError for a place whose changes are no longer all there. One given since the last were forgotten
 * stays good: whoever began with what was left goes on to its end.
 */
export function refuseForgotten(
  { after, since }: Pick<ChangesQuery, 'after' | 'since'>,
  start: number | null,
): void {
  if (start === null) return;
  const kept = `changes since ${new Date(start).toISOString()} are kept (archive.keepVersions)`;
  if (after !== null) {
    if (after.at >= start || after.logStart === start) return;
    throw new BadUserInputError(`after: the cursor has expired, ${kept}; begin anew without one`);
  }
  if (since !== null && since < start) {
    throw new BadUserInputError(
      `since: ${kept}, got ${new Date(since).toISOString()}; leave it out to begin with the oldest there is`,
    );
  }
}
