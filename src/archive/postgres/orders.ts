import type { Orders } from '../archive.ts';
import type { Database } from './database.ts';
import { type News, tell } from './news.ts';

// As long as the news of an order may be on its way; an older one is repeated by somebody who did not give it.
const FRESH = "interval '1 minute'";

/** Orders by a table that the gateways alone can write: the news of one is no more than the reason to look there. */
export function createOrders(database: Database, news: News, { whileOpen, onUnread }: OrdersOptions): Orders {
  return {
    tell: ({ account, asked }) =>
      whileOpen(() =>
        database.transaction(async (client) => {
          await client.query(
            `INSERT INTO orders (account, asked, owner, at) VALUES ($1, $2, $3, clock_timestamp())
            ON CONFLICT (account) DO UPDATE SET asked = excluded.asked, owner = excluded.owner, at = excluded.at`,
            [account, asked, news.owner],
          );
          await tell(client, news.owner, { topic: 'ordered', account });
        }),
      ),
    onOrder(listener) {
      news.on('ordered', ({ account }) => {
        whileOpen(() =>
          database.use((client) =>
            client.query<{ asked: boolean }>(
              `SELECT asked FROM orders WHERE account = $1 AND owner <> $2 AND at > clock_timestamp() - ${FRESH}`,
              [account, news.owner],
            ),
          ),
        ).then(({ rows: [order] }) => {
          if (order !== undefined) listener({ account, asked: order.asked });
        }, onUnread);
      });
    },
  };
}

export interface OrdersOptions {
  /** Runs work while the archive is open, and rejects once it is not. */
  readonly whileOpen: <T>(work: () => Promise<T>) => Promise<T>;
  /** Told why an order could not be read: it is lost, as one is while there is no connection. */
  readonly onUnread: (error: unknown) => void;
}
