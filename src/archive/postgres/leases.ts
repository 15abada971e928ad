import type { Interval } from '../../records/interval.ts';
import type { FeedKey, Lease, Leases } from '../archive.ts';
import { WHOLE_FEED } from './commit.ts';
import type { Database } from './database.ts';
import { type News, tell } from './news.ts';

export interface LeasesOptions {
  readonly database: Database;
  readonly news: News;
  /** Milliseconds. */
  readonly ttlMs: number;
}

const UNTIL = "clock_timestamp() + $4::float8 * interval '1 millisecond'";

/**
 * Leases by the database's clock. Tokens come from one sequence, so that they grow over all windows and a lease given
 * back and taken again cannot be mistaken for the one before.
 */
export function createLeases({ database, news, ttlMs }: LeasesOptions): Leases {
  async function acquire({ account, kind }: FeedKey, window: Interval | null): Promise<Lease | null> {
    // A refused caller waits for the notice of release, so listening must have begun before the refusal.
    await news.listening();
    const place = [account, kind, window?.from ?? WHOLE_FEED];
    const taken = await database.use((client) =>
      client.query(
        `INSERT INTO leases AS l (account, kind, window_from, owner, token, until)
        VALUES ($1, $2, $3, $5, nextval('lease_tokens'), ${UNTIL})
        ON CONFLICT (account, kind, window_from) DO UPDATE
        SET owner = excluded.owner, token = excluded.token, until = excluded.until WHERE l.until < clock_timestamp()
        RETURNING token::float8`,
        [...place, ttlMs, news.holder()],
      ),
    );
    const token: number | undefined = taken.rows[0]?.token;
    if (token === undefined) return null;
    const from = window?.from ?? null;
    return {
      fence: { account, kind, from, token },
      async renew() {
        const renewed = await database.use((client) =>
          client.query(
            `UPDATE leases SET until = ${UNTIL} WHERE account = $1 AND kind = $2 AND window_from = $3 AND token = $5`,
            [...place, ttlMs, token],
          ),
        );
        return renewed.rowCount === 1;
      },
      async release() {
        await database.use(async (client) => {
          const released = await client.query(
            'DELETE FROM leases WHERE account = $1 AND kind = $2 AND window_from = $3 AND token = $4',
            [...place, token],
          );
          if (released.rowCount === 1)
            await tell(client, news.owner, { topic: 'released', account, kind, from });
        });
      },
    };
  }

  return {
    ttlMs,
    acquire,
    onCommitted: (listener) =>
      news.on('committed', ({ account, kind, from, to }) => listener({ account, kind }, { from, to })),
    onReleased: (listener) =>
      news.on('released', ({ account, kind, from }) => listener({ account, kind }, from)),
    unreadable: () => news.unreadable(),
  };
}

/** Forgets what processes that died long ago have left behind. */
export async function forgetDead(database: Database): Promise<void> {
  await database.use(async (client) => {
    for (const table of ['leases', 'pace_waiters']) {
      await client.query(`DELETE FROM ${table} WHERE until < clock_timestamp() - interval '1 day'`);
    }
  });
}
