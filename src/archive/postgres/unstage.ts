import { tableName } from '../../records/shape.ts';
import type { Commit } from '../archive.ts';
import { historyName } from '../sql/admin.ts';
import { applyVerdicts } from '../sql/apply-verdicts.ts';
import type { Merged } from './commit.ts';
import type { Client } from './database.ts';
import { postgresDialect } from './dialect.ts';
import { changeTiersSql } from './roll-ups.ts';
import { stagedColumns, stagingName } from './staging.ts';
import { transactingOn } from './transacting.ts';

const time = (index: number) => postgresDialect.parameter(index, 'time');

/**
 * Gives the transaction its time of archiving and moves what was staged to its tables. The clock's row stays locked
 * until the transaction ends, so times become visible in their order: a reader that goes on after the largest
 * `archivedAt` it saw never misses a row of a commit that was in flight. It is taken as late as can be, so that one
 * feed's long work does not hold up another's. `now` goes before the database's own time where it is given.
 */
export async function unstage(
  client: Client,
  commit: Commit,
  { inserted, superseded, verdicts, written }: Omit<Merged, 'result'>,
  now: number | null,
): Promise<void> {
  const { account, provider, kind, readAt } = commit;
  const { rows } = await client.query(
    `UPDATE archive_clock SET last_at = greatest(last_at + 1,
      coalesce($1::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)) RETURNING last_at::float8`,
    [now === null ? null : Math.trunc(now)],
  );
  const columns = stagedColumns(kind);
  const common = [account, provider, rows[0]?.last_at, readAt];
  const head = `account, provider, archived_at, read_at, ${columns}`;
  // A first version says nothing: it is archived for the first time now.
  const staged = columns.replace('first_archived_at', `coalesce(first_archived_at, ${time(3)})`);
  const values = `$1, $2, ${time(3)}, ${time(4)}, ${staged}`;
  if (inserted > 0) {
    await client.query(
      `INSERT INTO ${tableName[kind]} (${head}) SELECT ${values} FROM ${stagingName(kind)} WHERE NOT superseded`,
      common,
    );
  }
  if (inserted > 0 && kind === 'BET') {
    const standing = `${stagingName(kind)} WHERE NOT superseded`;
    const head = '$1::text AS account, $2::text AS provider';
    await client.query(`WITH ${changeTiersSql(standing, 1, head)}`, [account, provider]);
  }
  await applyVerdicts(transactingOn(client, commit), commit, verdicts, written, rows[0]?.last_at);
  if (superseded === 0) return;
  await client.query(
    `INSERT INTO ${historyName(kind)} (${head}, seen_from, seen_until)
    SELECT ${values}, ${time(4)}, ${time(4)} FROM ${stagingName(kind)} WHERE superseded`,
    common,
  );
}
