import type { DuckDBConnection } from '@duckdb/node-api';
import { tableName } from '../../records/shape.ts';
import { asCommit, planRemap, type Remapping } from '../plan-remap.ts';
import { markRemapped } from '../sql/mappings.ts';
import { appendVersions } from './append.ts';
import { moveReplaced, standingRows } from './commit.ts';
import { statementsOn } from './transacting.ts';

/** Replaces rows by what they are now, inside the transaction that is open; returns how many were replaced. */
export async function writeRemapped(
  connection: DuckDBConnection,
  remapping: Remapping,
  { now, archivedAt }: { readonly now: number; readonly archivedAt: number },
): Promise<number> {
  const { account, provider, kind } = remapping;
  const commit = asCommit(remapping, now);
  const standing = (await standingRows(connection, kind, [commit])).get(account) ?? [];
  const plan = planRemap(remapping, standing);
  const source = { account, provider, readAt: now, archivedAt };
  const table = tableName[kind];
  await moveReplaced(connection, kind, [{ source, plan }]);
  await appendVersions(connection, table, kind, [{ source, versions: plan.insert }]);
  await markRemapped(statementsOn(connection), { account, kind, table }, plan.written, plan.left);
  return plan.insert.length;
}
