import { archiveInDuckDb } from './0001-archive-duckdb.ts';
import type { Migration } from './migration.ts';

/** Rows, their history, the ledger, what was set aside, and the names. */
export const archive: Migration = {
  id: 1,
  name: 'archive',
  release: '0.1.0',
  // Text is compared bytewise (COLLATE "C") and NUMERIC keeps the scale it was sent with. `raw` stays in the row: a
  // table of its own would cost a second index of keys with every commit and a thousand look-ups with every page, to
  // make quicker what the roll-ups make unnecessary, sums over all rows. Rows over 2 KB leave it to TOAST anyway.
  postgres: `
CREATE TABLE bets (
  account text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  provider_username text COLLATE "C" NOT NULL,
  axis_at timestamptz NOT NULL,
  version_at timestamptz,
  archived_at timestamptz NOT NULL,
  vanished_at timestamptz,
  game_code text COLLATE "C",
  game_type text COLLATE "C",
  bet_type text COLLATE "C",
  brand text COLLATE "C",
  table_id text COLLATE "C",
  round_id text COLLATE "C",
  round_started_at timestamptz,
  result text COLLATE "C",
  odds numeric,
  order_id text COLLATE "C",
  transfer_id text COLLATE "C",
  source_id text COLLATE "C",
  currency text COLLATE "C" NOT NULL,
  stake numeric NOT NULL,
  valid_stake numeric,
  payout numeric NOT NULL,
  net_win numeric NOT NULL,
  refund numeric,
  jackpot_win numeric,
  jackpot_contribution numeric,
  rebate numeric,
  real_stake numeric,
  free_stake numeric,
  promotion_stake numeric,
  real_net_win numeric,
  free_net_win numeric,
  promotion_net_win numeric,
  status text COLLATE "C" NOT NULL,
  provider_status text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  placed_at timestamptz,
  settled_at timestamptz,
  updated_at timestamptz NOT NULL,
  raw text COLLATE "C" NOT NULL,
  former_key text COLLATE "C",
  read_at timestamptz NOT NULL,
  digest bigint NOT NULL,
  PRIMARY KEY (account, key)
);

CREATE TABLE transfers (
  account text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  provider_username text COLLATE "C" NOT NULL,
  axis_at timestamptz NOT NULL,
  version_at timestamptz,
  archived_at timestamptz NOT NULL,
  vanished_at timestamptz,
  direction text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  amount numeric NOT NULL,
  free_credit numeric,
  balance_before numeric,
  balance_after numeric,
  free_credit_before numeric,
  free_credit_after numeric,
  real_credit_before numeric,
  created_at timestamptz NOT NULL,
  raw text COLLATE "C" NOT NULL,
  former_key text COLLATE "C",
  read_at timestamptz NOT NULL,
  digest bigint NOT NULL,
  PRIMARY KEY (account, key)
);

CREATE TABLE failures (
  account text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  provider_username text COLLATE "C" NOT NULL,
  axis_at timestamptz NOT NULL,
  version_at timestamptz,
  archived_at timestamptz NOT NULL,
  vanished_at timestamptz,
  seq_no text COLLATE "C" NOT NULL,
  event text COLLATE "C",
  status_code bigint NOT NULL,
  status_meaning text COLLATE "C",
  succeeded boolean NOT NULL,
  requested_at timestamptz NOT NULL,
  responded_at timestamptz,
  raw text COLLATE "C" NOT NULL,
  former_key text COLLATE "C",
  read_at timestamptz NOT NULL,
  digest bigint NOT NULL,
  PRIMARY KEY (account, key)
);

DO $$
DECLARE kind text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['bets', 'transfers', 'failures'] LOOP
    EXECUTE format('CREATE TABLE %I (LIKE %I, seen_from timestamptz NOT NULL, seen_until timestamptz NOT NULL)', kind || '_history', kind);
    EXECUTE format('CREATE INDEX %I ON %I (account, axis_at DESC, key)', kind || '_account', kind);
    EXECUTE format('CREATE INDEX %I ON %I (axis_at DESC, account, key)', kind || '_newest', kind);
    EXECUTE format('CREATE INDEX %I ON %I (account, provider_username, axis_at DESC)', kind || '_username', kind);
    EXECUTE format('CREATE INDEX %I ON %I (account, former_key) WHERE former_key IS NOT NULL', kind || '_former', kind);
    EXECUTE format('CREATE INDEX %I ON %I USING brin (axis_at, archived_at) WITH (pages_per_range = 32, autosummarize = on)', kind || '_blocks', kind);
    EXECUTE format('CREATE INDEX %I ON %I (account, key)', kind || '_replaced', kind || '_history');
  END LOOP;
END $$;
CREATE INDEX bets_placed ON bets USING brin (coalesce(placed_at, axis_at)) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE intervals (
  account text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  from_at bigint NOT NULL,
  to_at bigint NOT NULL,
  read_at bigint NOT NULL,
  rows bigint,
  checksum text COLLATE "C",
  quarantined bigint NOT NULL,
  PRIMARY KEY (account, kind, from_at)
);

CREATE TABLE quarantine (
  id text COLLATE "C" PRIMARY KEY,
  account text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  from_at bigint,
  to_at bigint,
  reason text COLLATE "C" NOT NULL,
  raw text COLLATE "C" NOT NULL,
  seen_at bigint NOT NULL,
  read_at bigint NOT NULL,
  accepted_at bigint
);
CREATE INDEX quarantine_waiting ON quarantine (account, kind, read_at) WHERE accepted_at IS NULL;

CREATE TABLE names (
  account text COLLATE "C" NOT NULL,
  username text COLLATE "C" NOT NULL,
  player text COLLATE "C" NOT NULL,
  PRIMARY KEY (account, username)
);
CREATE INDEX names_player ON names (player);

CREATE TABLE archive_clock (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  last_at bigint NOT NULL
);
INSERT INTO archive_clock (last_at) VALUES (0);
`,
  duckdb: archiveInDuckDb,
};
