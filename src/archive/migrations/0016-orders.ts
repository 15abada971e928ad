import type { Migration } from './migration.ts';

/**
 * What admins last ordered of each account. A notification may come of any role that may connect, so it only says that
 * there is something to read here, where none but the gateways can write.
 */
export const orders: Migration = {
  id: 16,
  name: 'orders',
  release: '0.2.0',
  postgres: `CREATE TABLE orders (
  account text COLLATE "C" PRIMARY KEY, asked boolean NOT NULL, owner text NOT NULL, at timestamptz NOT NULL)`,
  duckdb: null,
};
