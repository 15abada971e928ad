import { recordKinds } from '../../records/record.ts';
import type { FeedKey } from '../archive.ts';
import { WHOLE_FEED } from './commit.ts';
import type { Client } from './database.ts';
import { tell } from './news.ts';
import { GONE } from './sessions.ts';
import { passOnSql } from './slots-sql.ts';

// A session that was lost alone is there again by then; where the server was started a moment ago all were lost with it,
// and come back one after the other.
const BACK_WITHIN_MS = 250;
const BACK_AFTER_START_MS = 2_000;

/**
 * Passes on what processes left behind whose session has ended, and tells everybody: their slots at once, which nobody
 * uses once the session is broken; their leases when the session has not come back within a moment.
 */
export function createReleaser(
  monotonic: () => number = () => performance.now(),
): (client: Client) => Promise<void> {
  let since: ReadonlyMap<string, number> = new Map();
  return async (client) => {
    const found = await client.query<{ name: string }>(GONE);
    const now = monotonic();
    since = new Map(found.rows.map(({ name }) => [name, since.get(name) ?? now]));
    if (since.size === 0) return;
    await passSlotsOn(client, [...since.keys()]);
    const backWithin = (await isJustStarted(client)) ? BACK_AFTER_START_MS : BACK_WITHIN_MS;
    const gone = [...since].filter(([, first]) => now - first >= backWithin).map(([name]) => name);
    if (gone.length > 0) await giveLeasesBack(client, gone);
  };
}

async function isJustStarted(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ young: boolean }>(
    "SELECT clock_timestamp() - pg_postmaster_start_time() < interval '5 seconds' AS young",
  );
  return rows[0]?.young === true;
}

async function passSlotsOn(client: Client, names: readonly string[]): Promise<void> {
  const passed = await client.query<{ key: string; name: string }>(passOnSql, [names]);
  for (const { key, name } of passed.rows) await tell(client, name, { topic: 'paced', key, putOff: false });
}

async function giveLeasesBack(client: Client, names: readonly string[]): Promise<void> {
  const released = await client.query<FeedKey & { owner: string; from: number }>(
    `DELETE FROM leases WHERE owner = ANY($1) AND kind = ANY($2)
    RETURNING owner, account, kind, window_from::float8 AS "from"`,
    [names, recordKinds],
  );
  for (const { owner, account, kind, from } of released.rows) {
    // In the name of whoever is gone: what a process tells, it does not hear itself.
    const lease = { account, kind, from: from === WHOLE_FEED ? null : from };
    await tell(client, owner, { topic: 'released', ...lease });
  }
}
