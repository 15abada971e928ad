import type { Migration } from './migration.ts';

/** The one naming of players that all gateways at a database apply: what the last to start, or to reload, brought with it. */
export const naming: Migration = {
  id: 19,
  name: 'naming',
  release: '0.2.0',
  postgres: `CREATE TABLE naming (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), version text NOT NULL, content text NOT NULL, at timestamptz NOT NULL)`,
  duckdb: null,
};
