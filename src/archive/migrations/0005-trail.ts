import type { Migration } from './migration.ts';

/** Who asked what, and how much was given; `accounts` is a JSON list, null for a key that sees them all. */
export const trail: Migration = {
  id: 5,
  name: 'trail',
  release: '0.1.0',
  postgres: `
CREATE TABLE trail (
  asked_at timestamptz NOT NULL,
  request_id text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  accounts text COLLATE "C",
  route text COLLATE "C" NOT NULL,
  operation text COLLATE "C",
  rows_given bigint NOT NULL,
  cost bigint,
  duration_ms bigint NOT NULL,
  error text COLLATE "C"
);
CREATE INDEX trail_times ON trail USING brin (asked_at) WITH (pages_per_range = 32, autosummarize = on);
COMMENT ON TABLE trail IS 'Requests that were let in: who asked what, and how many rows were given. Never a row, and never a filter''s values.';
`,
  duckdb: `
CREATE TABLE trail (
  asked_at TIMESTAMP NOT NULL,
  request_id VARCHAR NOT NULL,
  key VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  accounts VARCHAR,
  route VARCHAR NOT NULL,
  operation VARCHAR,
  rows_given BIGINT NOT NULL,
  cost BIGINT,
  duration_ms BIGINT NOT NULL,
  error VARCHAR
);
`,
};
