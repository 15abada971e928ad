import type { Naming, SharedNaming } from '../archive.ts';
import type { Database } from './database.ts';
import { type News, tell } from './news.ts';
import type { OrdersOptions } from './orders.ts';

/** The naming of all gateways in a table of one row; news of another is no more than the reason to look there. */
export function createSharedNaming(
  database: Database,
  news: News,
  { whileOpen, onUnread }: OrdersOptions,
): SharedNaming {
  const read = () =>
    whileOpen(async () => {
      const { rows } = await database.use((client) =>
        client.query<Naming>('SELECT version, content FROM naming'),
      );
      return rows[0] ?? null;
    });
  return {
    read,
    put: ({ version, content }) =>
      whileOpen(() =>
        database.transaction(async (client) => {
          await client.query(
            `INSERT INTO naming (version, content, at) VALUES ($1, $2, clock_timestamp())
            ON CONFLICT (is_only) DO UPDATE SET version = excluded.version, content = excluded.content, at = excluded.at`,
            [version, content],
          );
          await tell(client, news.owner, { topic: 'named' });
        }),
      ),
    onPut(listener) {
      news.on('named', () => {
        read().then((naming) => naming !== null && listener(naming), onUnread);
      });
    },
  };
}
