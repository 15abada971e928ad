import { recordKinds } from '../../records/record.ts';
import type { FeedKey } from '../archive.ts';
import { WHOLE_FEED } from './commit.ts';
import type { Client } from './database.ts';
import { tell } from './news.ts';
import { GONE } from './sessions.ts';

/**
 * Gives back the leases of processes whose session has ended and tells everybody, the second time in a row that they
 * are found gone: a session that was lost with its network is mostly there again by then.
 */
export function createReleaser(): (client: Client) => Promise<void> {
  let suspected: readonly string[] = [];
  return async (client) => {
    const found = await client.query<{ owner: string }>(GONE);
    const owners = found.rows.map(({ owner }) => owner);
    const gone = owners.filter((owner) => suspected.includes(owner));
    suspected = owners;
    if (gone.length === 0) return;
    const released = await client.query<FeedKey & { owner: string; from: number }>(
      `DELETE FROM leases WHERE owner = ANY($1) AND kind = ANY($2)
      RETURNING owner, account, kind, window_from::float8 AS "from"`,
      [gone, recordKinds],
    );
    for (const { owner, account, kind, from } of released.rows) {
      // In the name of whoever is gone: what a process tells, it does not hear itself.
      const lease = { account, kind, from: from === WHOLE_FEED ? null : from };
      await tell(client, owner, { topic: 'released', ...lease });
    }
  };
}
