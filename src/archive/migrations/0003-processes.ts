import type { Migration } from './migration.ts';

/** What several processes agree on: the next start of each pace key, and who fills which window. */
export const processes: Migration = {
  id: 3,
  name: 'processes',
  release: '0.1.0',
  postgres: `
CREATE TABLE pace_slots (
  key text COLLATE "C" PRIMARY KEY,
  next_at timestamptz NOT NULL,
  holder text COLLATE "C",
  holder_at timestamptz,
  refusals integer NOT NULL DEFAULT 0,
  refused_at timestamptz
);
CREATE TABLE pace_starts (
  key text COLLATE "C" NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX pace_starts_latest ON pace_starts (key, at DESC);
CREATE TABLE pace_waiters (
  key text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL,
  lane smallint NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (key, owner)
);
CREATE SEQUENCE lease_tokens;
CREATE TABLE leases (
  account text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  window_from bigint NOT NULL,
  owner text COLLATE "C" NOT NULL,
  token bigint NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (account, kind, window_from)
);
`,
  duckdb: null,
};
