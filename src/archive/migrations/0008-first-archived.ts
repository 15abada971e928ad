import type { Migration } from './migration.ts';

// The new column takes the times of each row's own version in one pass over the table, without a second copy of each
// row; then the few rows that have older versions take the oldest of those, under their own key or the one they replaced.
const steps = (table: string, time: string) => `
ALTER TABLE ${table} ADD COLUMN first_archived_at ${time};
ALTER TABLE ${table} ADD COLUMN withdrawn_at ${time};
ALTER TABLE ${table} ALTER COLUMN first_archived_at SET DATA TYPE ${time} USING archived_at;
ALTER TABLE ${table} ALTER COLUMN first_archived_at SET NOT NULL;
ALTER TABLE ${table}_history ADD COLUMN first_archived_at ${time};
ALTER TABLE ${table}_history ADD COLUMN withdrawn_at ${time};
ALTER TABLE ${table}_history ALTER COLUMN first_archived_at SET DATA TYPE ${time} USING archived_at;
ALTER TABLE ${table}_history ALTER COLUMN first_archived_at SET NOT NULL;
UPDATE ${table} AS t SET first_archived_at = h.first_at
  FROM (SELECT account, key, min(archived_at) AS first_at FROM ${table}_history GROUP BY account, key) AS h
  WHERE h.account = t.account AND h.key = t.key AND h.first_at < t.first_archived_at;
UPDATE ${table} AS t SET first_archived_at = h.first_at
  FROM (SELECT account, key, min(archived_at) AS first_at FROM ${table}_history GROUP BY account, key) AS h
  WHERE h.account = t.account AND h.key = t.former_key AND h.first_at < t.first_archived_at;
UPDATE ${table}_history AS t SET first_archived_at = f.first_at
  FROM (SELECT h.account, h.key, least(min(h.archived_at), min(r.first_archived_at)) AS first_at
    FROM ${table}_history AS h LEFT JOIN ${table} AS r ON r.account = h.account AND r.key = h.key
    GROUP BY h.account, h.key) AS f
  WHERE f.account = t.account AND f.key = t.key AND f.first_at < t.first_archived_at;
`;

const sql = (time: string) => ['bets', 'transfers', 'failures'].map((table) => steps(table, time)).join('');

/** When the oldest version of each row was archived, and when a row was withdrawn. */
export const firstArchived: Migration = {
  id: 8,
  name: 'first-archived',
  release: '0.2.0',
  postgres: sql('timestamptz'),
  duckdb: sql('TIMESTAMP'),
};
