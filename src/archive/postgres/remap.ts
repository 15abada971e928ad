import { tableName } from '../../records/shape.ts';
import { asCommit, planRemap, type Remapping } from '../plan-remap.ts';
import { markRemapped } from '../sql/mappings.ts';
import { lockFeed, moveReplaced, standingRows } from './commit.ts';
import { type Database, inTransaction } from './database.ts';
import { prepareStaging, stage } from './staging.ts';
import { statementsOn } from './transacting.ts';
import { unstage } from './unstage.ts';

const nothingDecided = { doubts: [], cleared: [], withdraw: [], restore: [] };

/** Replaces rows by what they are now, in a transaction of its own; resolves to how many were replaced. */
export function writeRemapped(
  database: Database,
  remapping: Remapping,
  { now, archivedAt }: { readonly now: number; readonly archivedAt: number | null },
): Promise<number> {
  const { account, kind } = remapping;
  const commit = asCommit(remapping, now);
  return database.use(async (client) => {
    await prepareStaging(client, kind);
    return inTransaction(client, 'BEGIN', async () => {
      await lockFeed(client, commit);
      const { insert, replace, written, left } = planRemap(remapping, await standingRows(client, commit));
      await stage(client, kind, { insert, superseded: [] });
      await moveReplaced(client, commit, { replace });
      const merged = {
        ...{ inserted: insert.length, superseded: 0, verdicts: nothingDecided },
        written: new Set(written),
      };
      await unstage(client, commit, merged, archivedAt);
      await markRemapped(statementsOn(client), { account, kind, table: tableName[kind] }, written, left);
      return insert.length;
    });
  });
}
